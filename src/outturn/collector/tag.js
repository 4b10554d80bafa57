// Outturn's tag: page, track and identify messages of the Segment spec, from a browser to its own collector.
//
// - The visitor's id is an HttpOnly cookie of the collector's answer: this script never sees or writes it.
// - Consent is looked at when a message is made and again when it leaves: `strip` says what goes without it.
// - A message leaves the queue only when the collector has answered. It may go twice: its id counts it once.
//
// It is served without comments and blanks (tag.py), and must stay below 4 KB gzipped; docs/collect.md says
// how a page uses it.
(() => {
  const script = document.currentScript
  const calls = window.outturn || []
  if (calls.track) return

  const options = script.dataset
  const endpoint = new URL(options.endpoint || '/v1/batch', script.src).href
  const within = (host, domain) => ('.' + host).endsWith('.' + domain)
  const others = (options.linkDomains || '')
    .split(/[\s,]+/)
    .filter(domain => domain && !within(location.hostname, domain))
  const purposes = ['analytics_storage', 'ad_storage', 'ad_user_data', 'ad_personalization']
  const TAGS = /^(utm_\w+|gclid|gbraid|wbraid|gad_source|gad_campaignid|dclid|msclkid|fbclid|ttclid|li_fat_id|twclid|rdt_cid|sccid|epik|irclickid|awc|cjevent|oclid)$/

  const consent = {}
  // The ids of all that was ever in this tab's queue; the store holds other tabs' too.
  const mine = {}
  // flying: what of the queue has left and is not answered yet. told: who chose what when. opened: whether storage
  // is used. chosen: whether told was more than a default. known: whether the collector has set its cookie. parting: the message that tells of a withdrawal, until
  // it is answered. left: the page is going. token: what carries the visitor to another site of ours.
  let queue = [], flying = [], meta = {}, fails = 0, lost = 0, tokenAt = 0, referrer = document.referrer
  let required = options.consent === 'required'
  let [, linker] = location.search.match(/[?&]_otl=([^&]*)/) || []
  let told, chosen, opened, known, parting, left, busy, timer, token, userId, current, landing

  const now = () => new Date().toISOString()
  const random = words => crypto.getRandomValues(new Uint32Array(words)).join('')
  const here = () => location.href.split('#')[0]
  const bare = url => url && url.split(/[?#]/)[0]
  const safe = work => (...given) => {
    try {
      return work(...given)
    } catch (error) {
      console.warn('outturn', error)
    }
  }

  // Consent ---------------------------------------------------------------------------------------

  const undecided = () => required && consent.analytics_storage === undefined
  const denied = () => consent.analytics_storage === false || undecided()

  const consented = () => {
    if (!told && !denied()) return
    const given = { ...consent }
    if (denied()) given.analytics_storage = false
    return { ...given, ...told, categoryPreferences: given }
  }

  const takeConsent = (given, about = {}, preset) => {
    chosen |= !preset
    const before = told && JSON.stringify(consent)
    for (const purpose of purposes) {
      const value = given[purpose]
      if (value !== undefined) consent[purpose] = value === true || value === 'granted'
      if (navigator.globalPrivacyControl && /^ad/.test(purpose)) consent[purpose] = false
    }
    told = { policy_version: about.policy_version, at: about.at || now() }
    if (!consent.ad_storage) meta = {}
    if (!current) return
    if (denied()) {
      if (opened || about.withdrawn) withdraw()
    } else if (!opened) open()
    else if (before && before !== JSON.stringify(consent)) track('Consent Updated')
    later(0)
  }

  // The one message that carries the cookie although analytics is denied: its answer clears the cookie.
  const withdraw = () => {
    opened = userId = token = known = undefined
    track('Consent Updated')
    parting = queue.pop()
    localStorage.removeItem('_ot')
    sessionStorage.removeItem('_ot')
  }

  // Google's consent mode. What it denies by default is not decided yet; whose region a default is for is not
  // known here, so that of such a one only the denials are taken.
  const readGoogle = entry => {
    if (!entry || entry[0] !== 'consent') return
    const [, action, given] = entry
    if (action === 'update') takeConsent(given)
    else if (!chosen) {
      const taken = {}
      for (const purpose of purposes) {
        if (given[purpose] === 'denied' || !(given.region || purpose in consent)) taken[purpose] = given[purpose]
      }
      if (taken.analytics_storage === 'denied') {
        required = 1
        delete taken.analytics_storage
        delete consent.analytics_storage
      }
      takeConsent(taken, {}, 1)
    }
  }

  // Storage ---------------------------------------------------------------------------------------

  const stored = (storage, value) => {
    try {
      if (value) window[storage].setItem('_ot', JSON.stringify(value))
      return JSON.parse(window[storage].getItem('_ot')) || {}
    } catch {
      // Full or forbidden: memory has it.
      return {}
    }
  }

  const open = () => {
    const before = stored('localStorage')
    const visit = stored('sessionStorage')
    opened = true
    queue = (before.queue || []).concat(queue)
    for (const { messageId } of queue) mine[messageId] = 1
    lost += before.lost || 0
    known = before.known
    meta = before.meta || meta
    // A page without tags or click ids goes on with what the visit began with.
    if (visit.landing_page && Object.keys(landing).length < 3) landing = visit
    stored('sessionStorage', landing)
    save()
  }

  const save = () => {
    const rest = opened ? (stored('localStorage').queue || []).filter(({ messageId }) => !mine[messageId]) : []
    const all = rest.concat(queue)
    // So that one batch of them stays below the collector's limit, in whichever letters they are written.
    while (all.length > 100 || JSON.stringify(all).length > 1.5e5) lost += 1 + (all.shift().context.lost || 0)
    queue = queue.filter(message => all.includes(message))
    if (opened) stored('localStorage', { queue: all, known, lost, meta })
  }

  // Messages --------------------------------------------------------------------------------------

  const parameters = () => {
    const found = {}
    new URL(current).searchParams.forEach((value, name) => {
      name = name.toLowerCase()
      if (value && TAGS.test(name)) found[name] = found[name] || value
    })
    return found
  }

  // What is left without consent: that something of this name happened on this page.
  const strip = ({ userId, properties, context: { page, library, lost }, ...rest }) => ({
    ...rest,
    context: { page: { url: bare(page.url), path: page.path, referrer: bare(page.referrer) }, library, lost }
  })

  const enqueue = (type, fields) => {
    moved()
    const campaign = {}
    const found = parameters()
    for (const name in found) if (/^utm/.test(name)) campaign[name.slice(4).replace('campaign', 'name')] = found[name]
    // Copied now: the page may change its objects before they leave.
    const message = JSON.parse(JSON.stringify({
      type,
      messageId: random(4),
      timestamp: now(),
      userId,
      ...fields,
      context: {
        page: { url: current, path: location.pathname, title: document.title, referrer },
        campaign,
        library: { name: 'outturn.js', version: '1' },
        locale: navigator.language,
        screen: { width: screen.width, height: screen.height },
        linker,
        lost: lost || undefined
      }
    }))
    linker = ''
    lost = 0
    if (consent.analytics_storage !== false) queue.push(message)
    else if (type !== 'identify') queue.push(strip(message))
    mine[message.messageId] = 1
    save()
    later(0)
  }

  // Meta's browser and click ids: of its own pixel where that is here, else in its format.
  const readMeta = () => {
    const { fbclid } = landing
    const start = 'fb.1.' + Date.now() + '.'
    const cookie = name => (document.cookie.match('(?:^|; )_' + name + '=([^;]*)') || [])[1] || meta[name]
    const fbc = cookie('fbc')
    meta = {
      fbc: fbclid && !(fbc && fbc.endsWith('.' + fbclid)) ? start + fbclid : fbc,
      fbp: cookie('fbp') || start + random(1)
    }
    return meta
  }

  const body = messages =>
    JSON.stringify({
      batch: messages
        .filter(({ type }) => !denied() || type !== 'identify')
        .map(message => {
          const { context, ...rest } = denied() ? strip(message) : message
          const meta = !denied() && consent.ad_storage && readMeta()
          return { ...rest, context: { ...context, ...meta, consent: consented() } }
        }),
      sentAt: now(),
      writeKey: options.key
    })

  // Sending ---------------------------------------------------------------------------------------

  const later = wait => (timer = timer || setTimeout(flush, wait))

  // A browser goes on with at most 64 KB when its page is gone, and a character takes up to three bytes.
  const post = (text, credentials) =>
    fetch(endpoint, { method: 'POST', body: text, credentials, keepalive: text.length < 2e4 })

  // One request at a time: the first brings the cookie that the others carry.
  const flush = async asked => {
    clearTimeout(timer)
    timer = 0
    const batch = parting ? [parting] : queue.slice()
    if (busy || (undecided() && !parting) || !(batch.length || asked)) return
    busy = true
    flying = batch
    let wait
    try {
      const answer = await post(body(batch), parting || !denied() ? 'include' : 'omit')
      wait = answer.headers.get('retry-after') * 1e3
      if (answer.status === 429 || answer.status > 499) throw answer
      fails = wait = 0
      if (batch[0] === parting) parting = 0
      queue = queue.filter(message => !batch.includes(message))
      known = opened
      token = (await answer.json()).linker
      tokenAt = Date.now()
    } catch {
      fails++
    }
    busy = false
    flying = []
    save()
    if (parting || queue.length) {
      later(Math.min(wait || (2 ** fails - 1) * 1e3 * (0.5 + Math.random()), 36e5))
    }
  }

  // What was not answered stays in the store: the next page sends it again.
  const leave = ({ type }) => {
    if (left) return
    left = type === 'pagehide'
    const rest = parting ? [parting] : queue.filter(message => !flying.includes(message))
    // Who has not decided may come back to a hidden tab and decide. And before the first answer there is
    // no cookie: a second request would begin a second visitor.
    if (!rest.length || (undecided() ? !left : busy && !known && !denied())) return
    flying = flying.concat(rest)
    // A beacon would carry the cookie.
    if (parting || !denied()) navigator.sendBeacon(endpoint, body(rest))
    else post(body(rest), 'omit').catch(safe)
  }

  // Pages -----------------------------------------------------------------------------------------

  const page = (name, properties) => enqueue('page', { name, properties })
  const track = (event, properties) => enqueue('track', { event, properties })
  const arrive = () => options.page !== 'off' && page()

  const land = () => {
    current = here()
    const found = parameters()
    if (landing && !Object.keys(found).length) return
    landing = { ...found, landing_page: bare(current), referrer: bare(referrer) }
    if (opened) stored('sessionStorage', landing)
  }

  const moved = () => {
    if (here() === current) return
    referrer = current || referrer
    land()
    if (!denied() && !opened) open()
    arrive()
  }

  // Other sites of ours ---------------------------------------------------------------------------

  const without = url => url.replace(/([?&])_otl=[^&#]*(&|(?=#|$))/, (all, lead, tail) => tail && lead)
  const isLinked = url => {
    const { hostname } = new URL(url, location)
    return others.some(domain => within(hostname, domain))
  }
  // The collector takes a token for two minutes.
  const fresh = age => token && Date.now() - tokenAt < age

  // Taken off again at once, so that nobody copies and shares an address that carries a visitor.
  const lend = (element, name) => {
    const before = without(element.getAttribute(name))
    const mark = (before.includes('?') ? '&' : '?') + '_otl=' + token
    element.setAttribute(name, before.replace(/#|$/, end => mark + end))
    setTimeout(() => element.setAttribute(name, before))
  }

  // Fetched when a pointer or the keyboard comes near a link, so that the click itself waits for nothing.
  const near = ({ type, target, button }) => {
    const link = target.closest && target.closest('a[href],form[action]')
    if (!link || denied() || !isLinked(link.href || link.action)) return
    if (!fresh(6e4) && !fails) flush(1)
    if (link.href && /click/.test(type) && button < 2 && fresh(11e4)) lend(link, 'href')
  }

  // Forms -----------------------------------------------------------------------------------------

  const form = element => {
    if (element.dataset.outturn === 'off') return
    const find = selector => element.querySelector(selector) || {}
    const heard = find('[data-outturn-heard],[name=how_did_you_hear]').name
    const properties = {
      form: element.getAttribute('name') || element.id,
      heard: new FormData(element).get(heard) || undefined,
      ...landing
    }
    if (!denied()) {
      for (const input of element.querySelectorAll('[type=hidden]')) {
        input.value = input.value || landing[input.name.toLowerCase().replace('outturn_', '')] || ''
      }
      if ('outturnIdentify' in element.dataset) {
        identify({ email: find('[name=email],[type=email]').value, phone: find('[name=phone],[type=tel]').value })
      }
      if (fresh(11e4) && isLinked(element.action)) {
        if (element.method === 'post') lend(element, 'action')
        else element.addEventListener('formdata', ({ formData }) => formData.set('_otl', token), { once: true })
      }
    }
    track('Form Submitted', properties)
  }

  // The page's side -------------------------------------------------------------------------------

  const identify = (id, traits) => {
    if (typeof id === 'object') traits = id
    else userId = id
    enqueue('identify', { traits })
  }

  const api = {
    page,
    track,
    identify,
    consent: takeConsent,
    form,
    push: (...calls) => calls.forEach(([name, ...given]) => api[name](...given))
  }
  for (const name in api) api[name] = safe(api[name])

  const start = () => {
    const layer = (window.dataLayer = window.dataLayer || [])
    const { push } = layer
    layer.push = (...entries) => {
      entries.forEach(safe(readGoogle))
      return push.apply(layer, entries)
    }
    if (linker) history.replaceState(history.state, '', without(location.href))
    if (navigator.globalPrivacyControl) takeConsent({}, {}, 1)
    layer.forEach(safe(readGoogle))
    api.push(...calls.filter(([name]) => name === 'consent'))
    moved()
    api.push(...calls.filter(([name]) => name !== 'consent'))
    later(0)

    for (const name of ['pushState', 'replaceState']) {
      const original = history[name]
      history[name] = function (...given) {
        original.apply(this, given)
        setTimeout(moved)
      }
    }
    const on = (names, work) => names.split(' ').forEach(name => addEventListener(name, safe(work), true))
    on('popstate', () => setTimeout(moved))
    on('pageshow', ({ persisted }) => {
      left = 0
      if (persisted) arrive()
    })
    on('pagehide', leave)
    on('visibilitychange', event => document.hidden && leave(event))
    on('submit', ({ target }) => form(target))
    if (others[0]) on('pointerover pointerdown focusin click auxclick', near)
  }
  window.outturn = api
  if (document.prerendering) document.addEventListener('prerenderingchange', safe(start))
  else safe(start)()
})()
