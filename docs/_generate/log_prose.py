"""What each log event means to whoever reads the log, and what he does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENT_PROSE: Mapping[str, str] = {
    "backfill.applied": "What a person let through was recorded: `new` things, and `known` ones "
    "that an earlier run had recorded.",
    "backfill.compared": "Invoices and payments of a past span were compared; `differing` findings "
    "wait for a person.",
    "bank_file.quarantined": "A file of the bank, or the document that begins on `line`, is not "
    "used. Export the statement again, or correct it.",
    "bank_file.remarked": "Something in a bank's file was passed over; the rest was read.",
    "config.rejected": "A reload found mistakes; the last good configuration works on. Run "
    "`westsync check`.",
    "config.reloaded": "The new configuration holds from the next cycle.",
    "config.stage_unknown": "A stage of the settings is no state of its program (any more); rules "
    "on it never fire. Correct `stages`.",
    "config.tests_failed": "A reload found rule tests that fail; the last good configuration works "
    "on. Run `westsync test`.",
    "connector.bulk_refused": "Megaplan refused to answer several reads in one request; they are "
    "made one by one.",
    "connector.client_unreadable": "A client's card could not be read, so its kind is not known; "
    "what is read of its calls may be refused as well.",
    "connector.deal_unreadable": "The tasks of a deal could not be read while an effect was looked "
    "for; the look-up goes on elsewhere.",
    "connector.filter_refused": "Megaplan refused the filter of the task list; the whole list is "
    "walked instead.",
    "connector.foreign_program_skipped": "A deal of a program that `programs` does not name is "
    "left alone.",
    "connector.link_refused": "A task could not be linked with its deal; `link_fallback` says what "
    "is done instead.",
    "connector.order_ignored": "Megaplan did not sort a list as asked; it is walked to its end.",
    "connector.parked": "The other system asked for a long pause; nothing is asked of it until "
    "that is over.",
    "connector.retry_scheduled": "A request that certainly did nothing is made again.",
    "cycle.crashed": "A mistake in westsync stopped a cycle; the next one begins anew. Please "
    "report it with its `trace`.",
    "cycle.finished": "One cycle: what changed, how many objects were decided, what was recorded "
    "and sent.",
    "daemon.ready": "The daemon works.",
    "daemon.stopped": "The daemon was told to stop, and did.",
    "decision.unsettled": "The details that a decision needs were read and still do not suffice. "
    "Please report it.",
    "details.unavailable": "Details of objects could not be read; their steps wait.",
    "hint.given_up": "An object that an event named could not be read three times; the polls and "
    "the nightly sweep take care of it.",
    "history.shortened": "Versions that are too old, or for which there is no room, left the "
    "history; `westsync simulate` and `explain --at` reach back less far.",
    "history.started": "Everything that was known before there was a history has its first "
    "version.",
    "guard.tripped": "Far more is wanted than usual, or the cycle looks wrong; nothing of it is "
    "sent. Look at `westsync plan`, then `westsync release` or correct the rule.",
    "intent.withdrawn": "An invoice on its way to 1C is no longer asked for; it was not made.",
    "intent.adopted": "An effect that was in doubt is there already; it is not made again.",
    "intent.content_differs": "A decision gave an intent that is recorded another content. The "
    "recorded one stays. Please report it.",
    "intent.crashed": "A mistake in westsync while one intent was sent; others go on. Please "
    "report it with its `trace`.",
    "intent.done": "It was sent and answered.",
    "intent.doubled": "Two effects with one marker were found in Megaplan; somebody copied a task, "
    "or another westsync works on this account.",
    "intent.failed": "Megaplan said no for good, or the text lacks a value: a dead letter. "
    "`westsync journal show`, then `retry` or `drop`.",
    "intent.held": "Sent several times and never found, or a policy wants a person. Look in "
    "Megaplan, then `retry` or `drop`.",
    "intent.in_doubt": "A request broke off; it is looked for before it is repeated.",
    "intent.look_up_postponed": "The look-up of an effect in doubt did not work out; it is tried "
    "again.",
    "intent.postponed": "It could not be sent now; it is tried again.",
    "intent.recorded": "A decision was written down; sending follows.",
    "invoice.payment_changed": "An invoice of 1C is paid otherwise than it was; `fell` says that a "
    "payment disappeared, and a person must look.",
    "item.quarantined": "An object does not fit our model of Megaplan; it is left out, the rest of "
    "the page counts.",
    "job.crashed": "A mistake in westsync stopped a job beside the cycles. Please report it with "
    "its `trace`.",
    "library.failed": "A library logged an error; its place and template are shown, its values "
    "not.",
    "library.warned": "A library logged a warning; its place and template are shown, its values "
    "not.",
    "object.gone": "Megaplan does not have the object any more; its episodes end unspoken.",
    "onec.answered": "One request to 1C, with its decoded query, and how many rows it brought.",
    "onec.key_ignored": "1C gave an object a key of its own instead of ours; invoices are found by "
    "the marker in their comment from now on. Nothing needs to be done.",
    "onec.names_reloaded": "1C refused a name that it had before; its description is read again.",
    "onec.session_left": "An infobase session of ours could not be ended; 1C ends it by itself.",
    "onec.statuses_refused": "1C refused its register of payment states; states come from payments "
    "alone. `payment_statuses: false` spares the question.",
    "metrics.incomplete": "The state or the stock file could not be read for an answer to "
    "/metrics; what follows from it was left out.",
    "order.done": "A person's order (ack, mute, release, retry, drop) was carried out.",
    "order.refused": "A person's order could not be carried out; the words say why.",
    "outage.ended": "The last decision lies more than half an hour back; everything that is due is "
    "decided in one round, and notices that are late come as one digest for each person.",
    "reconcile.stranger": "Megaplan has tasks with a marker that this state does not know: another "
    "installation works on the account, or the state has forgotten a time.",
    "reconcile.twin": "A task of ours was there twice; the younger one was closed.",
    "rule.crashed": "A mistake while one rule was decided; nothing is concluded for it. Please "
    "report it with its `trace`.",
    "source.denied": "Credentials or rights are missing; see the password of the account.",
    "source.refused": "1C refuses to be read: password, rights, composition or the form "
    "of its answers; mend what `error` names.",
    "source.unavailable": "A source did not answer; its facts grow old and at last unknown.",
    "state.check_cut_short": "The check of the state file was ended at its time limit; it found "
    "nothing until then.",
    "state.found_unclean": "The last process did not end in order; what was under way is settled.",
    "state.recovered": "The recovery epoch is over: every watched object was read once.",
    "state.recovery_begun": "The state has forgotten something (a backup, another machine); "
    "Megaplan is searched before anything is made.",
    "stock.answered": "Suppliers' data answered the lines of a deal, otherwise than before; the "
    "deal is decided again.",
    "stock.certificate_unchecked": "The settings of this source say that its certificate is not "
    "checked; anybody on the way can give other data.",
    "stock.decided": "A person published or discarded data that were held back.",
    "stock.link_suspended": "A product that a person had linked with an article looks otherwise "
    "now; the link is not used until somebody confirms it.",
    "stock.loaded": "A person brought a file of a source.",
    "stock.portal_failed": "A supplier's portal did not answer a question; the answer is "
    "*unknown*. With `stops` it is not asked again for a while.",
    "stock.portal_logged_in": "westsync logged in at a supplier's portal.",
    "stock.portal_stopped": "The portal wants a person (captcha, password, ban); it is not asked "
    "until somebody has looked and started it again.",
    "stock.refresh_failed": "A source could not be fetched or read; its last good data stay. It is "
    "tried again.",
    "stock.troubled": "A source needs a person: held data, a refused password, an unusable file "
    "or data that are too old; `westsync status` and `westsync stock show` tell more.",
    "stock.refreshed": "A source was fetched; `outcome` says whether its data were published, held "
    "back for a person, or rejected, and `cause` why.",
    "target.left_alone": "Sending failed several times in a row there, or it asked to wait; the "
    "rest of this round goes elsewhere.",
    "webhook.foreign": "An event of another application than `integration_uuid` names came in; it "
    "and those after it are not used. Correct the setting, or the address in Megaplan.",
    "webhook.not_kept": "Events could not be written to the disk; Megaplan is asked to send them "
    "again.",
    "webhook.silent": "Megaplan's events stay away for more than a working hour although there are "
    "changes. Polling finds them; look at the reverse proxy and at the streams in Megaplan.",
    "web.exposed": "The web server listens on an address that other machines can reach, without "
    "encryption. Listen on 127.0.0.1 behind a reverse proxy, unless that is what you want.",
    "web.opened": "The web server answers at this address.",
}
