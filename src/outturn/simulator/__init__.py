"""What would the files look like if we knew the truth?

The simulator plays a market whose causes are drawn, writes the files that real life would give (ad platforms,
shop, tracker, ECB), and beside them `truth.json`. It imports the domain only, so that the truth owes nothing to
what is tested against it. It reads and writes no table of the store.

**The model.** Time is continuous; people are independent; rates are per person and day. Everything is a Poisson
stream that is thinned, so each order has exactly one cause: a channel's contact, or nothing (baseline).

* Spend. Line *c* bills S[c, d] cents on its account's day *d*: a mean per 1,000 people, times a weekday shape, an
  on/off flight, a weekly log-normal walk and daily noise; campaigns share the day. Google bills in EUR, days in
  Europe/Berlin; Meta in USD, days in America/New_York; newsletter and partners are costs.
* Saturation. Reach is H = S^s / (S^s + K^s), in [0, 1): the Hill curve of Jin et al. (2017), eq. 4.
* Contacts. Person *i* clicks at rate r[c] * a[c, i] * H[c, d], with affinity a = (1 - k) * Exp(1) + k * interest[i],
  and interest ~ Gamma(0.7), mean 1. The hour follows the shop's demand (hour, weekday, season).
* Effect. A click causes an order with probability b[c], in 35 % of cases in the same visit, else after
  Exp(carry_days[c]). Views cause orders at rate v[c] * a * H, after Exp(carry_days[c]). In whole days the delay is
  geometric adstock with retention exp(-1 / carry_days) (Jin et al. 2017, eq. 1 and 2; shape before carry-over).
* Baseline. Person *i* orders at rate b0 * interest[i], whatever is spent. Organic visits cause nothing.
* Lead-up. Whoever is about to order, for whatever cause, first visits again: Poisson(1.1) visits of research within
  days, and one from which the order is placed. Brand search, retargeting and affiliates catch such visits with
  probability H; without spend the visit comes organically. So last touch flatters them.
* Claims. Google and Meta claim by click and view inside their own windows, each knowing nothing of the other.
* CRM (`crm=True`). In 3 % of visits a form asks for a quote, others do so inside ads; 98 % of that reaches the CRM, two
  in three contacts become a deal, which goes from stage to stage (Exp(1.5 days) each) until it is won or lost.
* Tracking. 8 % of people refuse it, 3.5 % of visits are lost; people have up to three devices and cookies that
  expire; a third log in now and then; whoever orders gives an e-mail address. Tags are lost, templated or dirty.

**Truth.** A channel's incremental orders are those that its contacts caused, inside the span. Because draws are common
(`dice.py`) and effects add, the same market without the channel (`Market.without`) has exactly these orders fewer.

A plug-in here is a `Market`: a list of `Line`s, see `aurora.py`. For the benchmark's tables see `generic.py`.

References:
    Jin, Wang, Sun, Chan, Koehler (2017), Bayesian methods for media mix modeling with carryover and shape effects.
    Lewis, Rao (2015), The unfavorable economics of measuring the returns to advertising: why orders that come
    anyway drown those that were caused.
"""

from __future__ import annotations

from outturn.simulator.aurora import AURORA
from outturn.simulator.market import Campaign, Line, Market, Organic
from outturn.simulator.simulate import TRUTH_FILE, export_files, simulate
from outturn.simulator.truth import ChannelTruth, PlaceTruth, Truth

__all__ = [
    "AURORA",
    "TRUTH_FILE",
    "Campaign",
    "ChannelTruth",
    "Line",
    "Market",
    "Organic",
    "PlaceTruth",
    "Truth",
    "export_files",
    "simulate",
]
