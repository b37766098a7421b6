package email

// systemSenders are pieces of the address or name of mail systems.
var systemSenders = [...]string{"mailer-daemon", "mailer_daemon", "maildaemon", "mail-daemon", "postmaster", "post_master", "mail delivery", "mail-delivery",
	"delivery system", "delivery subsystem", "mail administrator", "mailadmin", "bounce", "mail system", "email system", "message delivery"}

// bounceSubjects are how the subjects of bounces begin, in lower case.
var bounceSubjects = [...]string{
	"undelivered mail", "undeliverable", "delivery status notification", "delivery notification", "delivery failure", "delivery failed",
	"delivery has failed", "delivery error", "delivery problem", "delivery delayed", "delivery report", "mail delivery fail", "mail delivery system",
	"mail delivery status", "mail delivery error", "mail delivery problem", "mail failure", "mail undeliverable", "mail error", "mail system error",
	"message delivery", "message undeliverable", "message status - undeliverable", "message not delivered", "non delivery", "non-delivery",
	"nondeliverable", "nichtzustellbar", "failure notice", "failure delivery", "failed mail", "failed delivery", "returned mail", "return mail",
	"returned e-mail", "returned message", "returned email", "returned to sender", "return to sender", "warning: could not send message",
	"warning: message", "warning: e-mail", "unable to deliver", "could not deliver", "cannot deliver", "permanent delivery failure",
	"[postmaster notify", "postmaster notify", "postmaster-notify", "user unknown", "rejected:", "message rejected", "email delivery failure",
	"e-mail delivery failure", "undeliverable message", "unzustellbar", "nicht zugestellt", "échec de la remise", "non remis",
	"no se puede entregar", "недоставленное сообщение", "не удалось доставить", "сообщение не доставлено", "недоставлено", "mail could not be delivered",
	"your message couldn't be delivered", "notification d'état de remise", "bounce", "automatically rejected mail", "dsn:", "delay notification",
	"mdaemon notification", "メールエラー通知", "メール配信エラー", "送信エラー", "notificación de estado de entrega", "notifica sullo stato", "nieudane dostarczenie", "nie dostarczono", "doručení se nezdařilo", "teslim edilemedi", "kézbesítés", "系统退信", "退信", "邮件被退回", "메일 전송 실패", "уведомление о недоставке", "отчет о доставке", "ошибка доставки", "не доставлено", "недоставлене", "повідомлення про недоставку", "mdaemon warning", "nondeliv", "notice: mail delivery", "error de entrega", "failed to deliver", "mail not delivered"}

// bouncePhrases stand in the text of bounces, in lower case.
var bouncePhrases = [...]string{
	"could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "was not delivered", "not be delivered to",
	"undeliverable", "undelivered", "delivery failed", "delivery has failed", "delivery to the following recipient", "delivery failure",
	"permanent fatal errors", "permanent error", "transient non-fatal errors", "unable to deliver", "failed to deliver", "could not deliver",
	"couldn't deliver", "qmail-send program", "returned to sender", "this is a permanent error", "user unknown", "unknown user", "no such user",
	"mailbox unavailable", "mailbox full", "mailbox is full", "over quota", "host unknown", "unrouteable address", "unroutable address",
	"did not reach the following recipient", "has not been delivered", "following addresses had", "following address", "rejected your message",
	"message was rejected", "message was undeliverable", "returned mail", "returned message", "message could not be", "recipient's mailbox",
	"не может быть доставлено", "не было доставлено", "не доставлено", "недоставлен", "не удалось доставить", "konnte nicht zugestellt",
	"nicht zugestellt werden", "n'a pas pu être", "no se pudo entregar", "送信できません", "配信できません", "no se ha podido entregar", "impossible de remettre", "non può essere consegnat", "non è stato possibile consegnare", "não foi possível entregar", "kon niet worden bezorgd", "kunde inte levereras", "kunne ikke leveres", "nie mogła zostać dostarczona", "nie mógł zostać dostarczony", "nelze doručit", "nebylo možné doručit", "teslim edilemedi", "无法投递", "无法送达", "почтовый ящик переполнен", "не вдалося доставити", "配信不能", "届けることができませんでした"}

// vacationSubjects are how the subjects of automatic answers begin, in lower case.
var vacationSubjects = [...]string{
	"automatic reply", "autoreply", "auto-reply", "auto reply", "auto response", "autoresponse", "autorespuesta", "auto: ", "out of office",
	"out of the office", "out-of-office", "ooo:", "vacation:", "vacation reply", "away from my mail", "away from the office", "i am out of",
	"on vacation", "automatische antwort", "abwesenheit", "abwesend", "réponse automatique", "absence du bureau", "respuesta automática",
	"fuera de la oficina", "risposta automatica", "fuori sede", "resposta automática", "automatisch antwoord", "afwezig", "automatiskt svar",
	"automatisk svar", "autosvar", "automaattinen vastaus", "odpowiedź automatyczna", "automatyczna odpowiedź", "autoodpowiedź",
	"automatická odpověď", "otomatik yanıt", "automatikus válasz", "răspuns automat", "автоответ", "автоматический ответ",
	"автоматична відповідь", "нет на месте", "нет на работе", "自動応答", "自动回复", "자동 회신"}
