"""Which sites search, sell, connect people, show videos, carry mail or answer as an AI: lists that channel rules read.

The categories are those of Google Analytics 4's default channel groups, whose list of sources Google
publishes; kept are those in use, with the hosts and app names that referrers show. Where we differ:
webmail is Email (Google's list has it under search), link shorteners are no social network, and AI
assistants, connected TV and click-id-free affiliates' media have lists of their own.

References:
    Google, Analytics Help, "Default channel group", support.google.com/analytics/answer/9756891.
"""

from __future__ import annotations

from dataclasses import dataclass

from outturn.domain.conditions import Matches, site


@dataclass(frozen=True, slots=True)
class Sources:
    """Sources of one kind.

    Attributes:
        names: Exact texts, as tags and trackers write them; hosts whose subdomains are something else.
        sites: Domains that stand for themselves and every host below them.
    """

    names: tuple[str, ...]
    sites: tuple[str, ...]

    def named_in(self, column: str) -> Matches:
        """The column names one of these sources."""
        return site(column, names=self.names, domains=self.sites)


def _hosts(name: str, endings: str) -> tuple[str, ...]:
    return tuple(f"{name}.{ending}" for ending in endings.split())


# Exact, since other hosts of Google are no search: mail, docs, groups, Gemini.
_GOOGLE = _hosts(
    "google",
    """com ad ae al am as at az ba be bf bg bi bj bs bt by ca cat cd cf cg ch ci cl cm cn cv cz de dj dk dm dz ee es fi
    fm fr ga ge gg gl gm gr gy hn hr ht hu ie im iq is it je jo kg ki kz la li lk lt lu lv md me mg mk ml mn mu mv mw
    ne nl no nr nu pl pn ps pt ro rs ru rw sc se sh si sk sm sn so sr st td tg tl tm tn to tt vu ws
    co.ao co.bw co.ck co.cr co.id co.il co.in co.jp co.ke co.kr co.ls co.ma co.mz co.nz co.th co.tz co.ug co.uk co.uz
    co.ve co.vi co.za co.zm co.zw com.af com.ag com.ar com.au com.bd com.bh com.bn com.bo com.br com.bz com.co com.cu
    com.cy com.do com.ec com.eg com.et com.fj com.gh com.gi com.gt com.hk com.jm com.kh com.kw com.lb com.ly com.mm
    com.mt com.mx com.my com.na com.ng com.ni com.np com.om com.pa com.pe com.pg com.ph com.pk com.pr com.py com.qa
    com.sa com.sb com.sg com.sl com.sv com.tj com.tr com.tw com.ua com.uy com.vc com.vn""",
)

SEARCH = Sources(
    names=(
        "google", "bing", "yahoo", "duckduckgo", "ddg", "ecosia", "baidu", "yandex", "naver", "daum", "sogou",
        "seznam", "qwant", "startpage", "aol", "ask", "lycos", "dogpile", "rambler", "onet", "virgilio", "msn",
        "microsoft", "adwords", "google ads", "google-ads", "google_ads", "googleads", "bing ads", "bing-ads",
        "bing_ads", "bingads", "microsoft ads", "microsoft-ads", "microsoft_ads", "microsoftads", "google-play",
        "googlemybusiness", "gmb", "news.google.com", "cse.google.com", "search.google.com",
        "com.google.android.googlequicksearchbox", "yahoo.com", "yahoo.co.jp", "yandex.com.tr", "so.com", "360.cn",
        "naver.com", "search.naver.com", "m.search.naver.com", "m.naver.com", "daum.net", "search.daum.net",
        "rakuten.co.jp", "go.mail.ru", "ya.ru", "kagi.com", "yep.com", "brave", "msn.com", "ntp.msn.com", *_GOOGLE,
        *_hosts("yandex", "ru com by kz ua uz fr"),
    ),
    sites=(
        "bing.com", "duckduckgo.com", "ecosia.org", "baidu.com", "search.yahoo.com", "search.yahoo.co.jp",
        "qwant.com", "startpage.com", "search.brave.com", "search.aol.com", "search.aol.co.uk", "suche.aol.de",
        "ask.com", "sogou.com", "seznam.cz", "dogpile.com", "lycos.com", "mojeek.com", "swisscows.com", "metager.de",
        "presearch.com", "coccoc.com", "petalsearch.com", "centrum.cz", "startsiden.no", "onet.pl", "rambler.ru",
        "excite.com", "search.ukr.net", "websearch.rakuten.co.jp", "search.smt.docomo.ne.jp", "search.auone.jp",
        "suche.t-online.de", "suche.web.de", "suche.gmx.net",
    ),
)  # fmt: skip

SHOPPING = Sources(
    names=(
        "amazon", "ebay", "etsy", "walmart", "alibaba", "aliexpress", "mercadolibre", "shopify", "shopzilla",
        "igshopping", "google shopping", "google-shopping", "google_shopping", "googleshopping", "idealo", "zalando",
        "kelkoo", "pricerunner", "temu", "shein", "shop.app", "stripe",
    ),
    sites=(
        *_hosts("amazon", "com co.uk de fr it es nl se pl com.be ca com.mx com.br com.au co.jp in sg ae sa eg ie cn"),
        *_hosts("ebay", "com co.uk de fr it es ca com.au at ch nl ie pl be"),
        *_hosts("mercadolibre", "com com.ar com.mx com.co cl com.uy com.pe"), "mercadolivre.com.br",
        *_hosts("idealo", "de co.uk fr it es at"), *_hosts("zalando", "com de fr it es nl co.uk pl at ch be se dk"),
        "etsy.com", "walmart.com", "alibaba.com", "aliexpress.com", "amazon-adsystem.com", "shop.app", "shopify.com",
        "shopzilla.com", "shopping.google.com", "shopping.yahoo.com", "shopping.yahoo.co.jp", "shopping.naver.com",
        "pricerunner.com", "kelkoo.com", "geizhals.de", "geizhals.at", "billiger.de", "check24.de", "otto.de",
        "bol.com", "allegro.pl", "ceneo.pl", "heureka.cz", "target.com", "temu.com", "shein.com",
        "checkout.stripe.com", "simplycodes.com",
    ),
)  # fmt: skip

SOCIAL = Sources(
    names=(
        "facebook", "fb", "meta", "instagram", "ig", "messenger", "threads", "whatsapp", "twitter", "x", "t.co",
        "x.com", "linkedin", "li", "lnkd.in", "pinterest", "pin", "tiktok", "snapchat", "snap", "reddit", "quora",
        "tumblr", "vk", "vkontakte", "ok", "xing", "weibo", "wechat", "line", "kakao", "telegram", "t.me", "discord",
        "mastodon", "bluesky", "nextdoor", "yelp", "tripadvisor", "meetup", "medium", "flickr", "flipboard",
        "goodreads", "glassdoor", "hootsuite", "buffer", "wordpress", "blogger", "blogspot", "livejournal",
        "stackoverflow", "stackexchange", "google+", "googleplus", "plus.google.com", "groups.google.com",
        "sites.google.com", "facebook_ads", "facebook-ads", "meta_ads", "meta-ads", "fb_ads", "instagram_ads",
        "linkedin_ads", "tiktok_ads", "pinterest_ads", "twitter_ads", "x_ads", "reddit_ads", "snapchat_ads",
        "com.facebook.katana", "com.instagram.android", "com.linkedin.android", "com.reddit.frontpage",
        "com.twitter.android", "com.pinterest", "com.zhiliaoapp.musically", "org.telegram.messenger", "com.whatsapp",
        "an", "msg",
    ),
    sites=(
        "facebook.com", "fb.com", "fb.me", "fb.watch", "messenger.com", "instagram.com", "threads.net", "threads.com",
        "whatsapp.com", "wa.me", "twitter.com", "mobile.x.com", "linkedin.com", "tiktok.com", "snapchat.com",
        "reddit.com", "redd.it", "quora.com", "tumblr.com", "vk.com", "vk.ru", "ok.ru", "odnoklassniki.ru",
        "xing.com", "weibo.com", "wechat.com", "qzone.qq.com", "douban.com", "xiaohongshu.com", "zhihu.com",
        "line.me", "kakao.com", "zalo.me", "telegram.org", "telegram.me", "discord.com", "discord.gg",
        "mastodon.social", "bsky.app", "nextdoor.com", "truthsocial.com", "yelp.com", "yelp.co.uk", "tripadvisor.com",
        "meetup.com", "medium.com", "flickr.com", "flipboard.com", "goodreads.com", "glassdoor.com", "deviantart.com",
        "pixiv.net", "mixi.jp", "hatena.ne.jp", "ameblo.jp", "livejournal.com", "wordpress.com", "blogger.com",
        "blogspot.com", "wattpad.com", "researchgate.net", "academia.edu", "slideshare.net", "scribd.com",
        "stackoverflow.com", "stackexchange.com", "news.ycombinator.com", "slashdot.org", "producthunt.com",
        "indiehackers.com", "getpocket.com", "disqus.com", "gutefrage.net", "blog.naver.com", "cafe.naver.com",
        "5ch.net", "foursquare.com", "houzz.com", "couchsurfing.com", "ravelry.com", "myspace.com", "badoo.com",
        "viadeo.com", "lemon8-app.com",
        *_hosts("pinterest", "com at ca ch cl co.kr co.uk com.au com.mx de dk es fr ie it jp nl nz ph pt ru se"),
    ),
)  # fmt: skip

VIDEO = Sources(
    names=(
        "youtube", "yt", "vimeo", "twitch", "dailymotion", "netflix", "hulu", "disneyplus", "wistia", "iqiyi",
        "youku", "ted", "crackle", "curiositystream", "rumble", "bilibili", "youtube_ads",
        "com.google.android.youtube",
    ),
    sites=(
        "youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com", "twitch.tv", "dailymotion.com", "netflix.com",
        "hulu.com", "disneyplus.com", "wistia.com", "wistia.net", "iqiyi.com", "iq.com", "youku.com", "ted.com",
        "crackle.com", "curiositystream.com", "rumble.com", "odysee.com", "bilibili.com", "nicovideo.jp", "d.tube",
        "veoh.com",
    ),
)  # fmt: skip

# An answer with links; Google's own AI overviews come from its search hosts and are search.
AI = Sources(
    names=(
        "chatgpt", "openai", "claude", "anthropic", "perplexity", "gemini", "bard", "copilot", "grok", "deepseek",
        "mistral", "meta.ai", "x.ai", "com.openai.chatgpt", "ai.perplexity.app.android", "com.anthropic.claude",
    ),
    sites=(
        "chatgpt.com", "openai.com", "claude.ai", "anthropic.com", "perplexity.ai", "gemini.google.com",
        "bard.google.com", "copilot.microsoft.com", "copilot.cloud.microsoft", "copilot.com", "grok.com",
        "deepseek.com", "chat.mistral.ai", "meta.ai", "you.com", "poe.com", "phind.com", "pi.ai", "kimi.com",
        "doubao.com", "chat.qwen.ai", "notebooklm.google.com", "edgeservices.bing.com",
    ),
)  # fmt: skip

WEBMAIL = Sources(
    names=(
        "mail.google.com", "com.google.android.gm", "com.microsoft.office.outlook",
        "com.yahoo.mobile.client.android.mail",
    ),
    sites=(
        "mail.yahoo.com", "mail.yahoo.co.jp", "outlook.live.com", "outlook.office.com", "outlook.office365.com",
        "mail.aol.com", "mail.proton.me", "mail.protonmail.com", "icloud.com", "e.mail.ru", "touch.mail.ru",
        "mail.yandex.ru", "mail.yandex.com", "email.seznam.cz", "email.t-online.de", "mail.163.com", "mail.qq.com",
        "mail.zoho.com", "app.fastmail.com", "deref-gmx.net", "deref-web.de", "deref-mail.com", "navigator.gmx.net",
        "mail.gmx.net", "webmail.gmx.net", "mail.rambler.ru",
    ),
)  # fmt: skip

CTV = Sources(
    names=(
        "mntn", "mountain", "roku", "tvscientific", "vibe", "tubi", "pluto", "plutotv", "samsung ads", "samsung_ads",
        "amazon_freevee", "fire_tv", "firetv", "paramountplus", "peacock",
    ),
    sites=("mountain.com", "roku.com", "tvscientific.com", "vibe.co", "tubi.tv", "pluto.tv", "peacocktv.com"),
)  # fmt: skip

# Hosts between a Google display ad and the page.
DISPLAY_NETWORK = Sources(
    names=("dv360", "gdn"),
    sites=("doubleclick.net", "googlesyndication.com", "2mdn.net", "safeframe.googlesyndication.com"),
)
