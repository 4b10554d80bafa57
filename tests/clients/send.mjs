// Sends one message of every kind, then as many tracks as asked for, with Segment's library for Node.
import { createRequire } from 'node:module'

const [folder, host, writeKey, tracks] = process.argv.slice(2)
const { Analytics } = createRequire(folder + '/')('@segment/analytics-node')
const analytics = new Analytics({ host, writeKey, flushAt: 20, flushInterval: 50 })
analytics.on('error', error => {
  console.error(error)
  process.exitCode = 1
})
const who = { userId: 'node-user', anonymousId: 'node-browser' }
analytics.identify({ ...who, traits: { email: 'node@example.com', plan: 'pro' } })
analytics.page({ ...who, name: 'Home', properties: { url: 'https://shop.example/?utm_source=news' } })
analytics.screen({ ...who, name: 'Start' })
analytics.group({ userId: 'node-user', groupId: 'company-1', traits: { name: 'Company' } })
analytics.alias({ userId: 'node-user', previousId: 'node-browser' })
for (let number = 0; number < Number(tracks); number++) {
  analytics.track({ ...who, event: 'Node Track', properties: { number, price: 9.99 } })
}
await analytics.closeAndFlush()
