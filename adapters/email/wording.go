package email

import "strings"

// isForwardPhrase holds for the words by which mail programs begin a forwarded
// mail: "Forwarded message", "Пересылаемое сообщение", "Start på videresendt
// besked". They are told by the verb, so that a new wording of it is known too.
func isForwardPhrase(s string) bool {
	s = lower(s)
	return len(s) <= 120 && containsAny(s, forwardStems[:]) && !isForwardEnd(s)
}

// isForwardEnd holds for the line that ends a forwarded mail, in lower case.
func isForwardEnd(s string) bool {
	return containsAny(s, forwardEnds[:]) && containsAny(s, forwardStems[:])
}

// isOriginalPhrase holds for the words that set off the mail that is answered
// or forwarded: "Original Message", "Исходное сообщение".
func isOriginalPhrase(s string) bool {
	s = lower(strings.Trim(s, ": "))
	for _, w := range originalWords {
		if s == w {
			return true
		}
	}
	return false
}

// lower writes s in small letters. A Turkish İ becomes a plain i.
func lower(s string) string { return strings.ReplaceAll(strings.ToLower(s), "i\u0307", "i") }

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// forwardStems are pieces of "forwarded", in lower case.
var forwardStems = [...]string{
	"forward", "fwd.", "weitergeleit", "transf", "réexpéd", "reexped", "reenvi", "encaminhad", "reencaminhad", "inoltrat", "doorgestuur", "doorgezonden", "vidarebefordra", "vidaresän",
	"videresend", "vidaresend", "edelleenlähet", "välitet", "edastat", "pārsūt", "persiųst", "persiun", "przekaz", "przesłan", "przesył", "przesla", "přepos", "prepos", "preposl", "továbbít", "redirec",
	"redirij", "proslije", "proslj", "prosleđ", "posredov", "проследи", "проследђ", "препра", "пересыл", "пересил", "пересл", "переадрес", "перенаправ", "перасл", "перасыл", "перасіл", "перанак", "iletil", "ileti başlangıc", "yönlend", "προωθ", "προώθ",
	"転送", "转发", "轉寄", "轉發", "전달", "הועבר", "מועבר", "تحويل", "معاد توجيه", "chuyển tiếp", "diterusk", "ส่งต่อ", "reenvia", "birbidal", "áframsen",
}

// forwardEnds are pieces of "end of", in lower case.
var forwardEnds = [...]string{"end of", "end forward", "ende der", "fin du", "fin del", "fine ", "einde", "завершение", "конец", "кінець", "завершення", "koniec", "konec", "slut på"}

// originalWords are the words between the dashes of a separator.
var originalWords = [...]string{
	"original message", "original nachricht", "original mail", "original email", "original e-mail", "original text", "reply message", "originalnachricht", "original-nachricht", "ursprüngliche nachricht", "ursprüngliche mail",
	"message d'origine", "message d’origine", "message original", "message initial", "mensaje original", "correo original", "messaggio originale", "messaggio di origine", "mensagem original",
	"oorspronkelijk bericht", "oorspronkelijke bericht", "originalmeddelande", "ursprungligt meddelande", "opprinnelig melding", "oprindelig meddelelse", "original meddelelse", "alkuperäinen viesti", "algne kiri", "algne sõnum", "oriģinālais ziņojums", "originalus pranešimas",
	"oryginalna wiadomość", "wiadomość oryginalna", "oryginał wiadomości", "původní zpráva", "pôvodná správa", "eredeti üzenet", "mesaj original", "mesajul original", "izvorna poruka", "originalna poruka", "izvirno sporočilo", "оригинална порука",
	"orijinal mesaj", "orijinal ileti", "özgün ileti", "исходное сообщение", "исходное письмо", "оригинальное сообщение", "оригинальное письмо", "первоначальное сообщение", "вихідне повідомлення", "оригінальне повідомлення", "початкове повідомлення", "зыходнае паведамленне", "оригинално съобщение",
	"αρχικό μήνυμα", "元のメッセージ", "原始邮件", "原始郵件", "原始信件", "原邮件", "원본 메시지", "원본 메일", "הודעה מקורית", "الرسالة الأصلية", "thư gốc", "pesan asli", "ข้อความต้นฉบับ",
}

// wroteWords are pieces of "wrote" as they stand in the line that introduces a
// quote, in lower case.
var wroteWords = [...]string{
	"wrote", "writes", "schrieb", "geschrieben", "a écrit", "a ecrit", "escribió", "escribio", "va escriure", "ha scritto", "scrisse", "escreveu", "schreef", "geschreven", "skrev", "skreiv", "kirjoitti", "kirjutas",
	"rakstīja", "rašė", "napisał", "pisze", "napsal", "napísal", "írta", "a scris", "napisao", "napisala", "je pisao", "pisal", "je napisal", "је написао", "написао", "yazdı", "yazmış", "писал", "пишет", "написал", "написав", "пише",
	"написано", "пісаў", "напісаў", "сообщает", "έγραψε", "のメール", "は書きました", "さんは書き", "写道", "寫道", "님이 작성", "작성:", "כתב", "كتب", "đã viết", "menulis", "เขียน", "idatzi", "skrifaði",
}

// sentFrom are how the lines begin that programs put below what is written on
// a phone, in lower case.
var sentFrom = [...]string{
	"sent from", "sent via", "sent with", "sent by", "sent using", "sent on the go", "get outlook for", "gesendet von", "gesendet mit", "gesendet aus", "von meinem ", "diese nachricht wurde von mein", "envoyé de", "envoyé depuis", "envoyé à partir", "envoyé avec", "télécharger outlook",
	"enviado desde", "enviado de", "enviado do", "enviado da", "enviado a partir", "enviado con", "enviado com", "obtener outlook", "obter o outlook", "inviato da", "inviato dal", "inviato con", "scarica outlook", "verzonden vanaf", "verstuurd vanaf", "verzonden met", "verzonden via", "verstuurd via", "outlook voor",
	"skickat från", "skickades från", "skickat med", "skaffa outlook", "sendt fra", "sendt med", "hent outlook", "få outlook", "lähetetty ", "hanki outlook", "saadetud minu", "nosūtīts no", "išsiųsta iš", "wysłano z", "wysłane z", "wysłano przy", "pobierz outlook", "odesláno z", "odesláno ze", "získat outlook", "odoslané z", "odoslané zo",
	"elküldve ", "küldve ", "trimis de pe", "trimis din", "poslano s", "poslano z", "poslato sa", "отправлено с ", "отправлено со ", "отправлено из", "отправлено от", "отправлено через", "послано с", "скачать outlook", "загрузить outlook", "надіслано з", "надіслано із", "відправлено з", "даслана з", "изпратено от", "iphone'umdan", "ipad'imden", "android'den gönder",
	"στάλθηκε από", "εστάλη από", "iphoneから送信", "ipadから送信", "发自我的", "發自我的", "从我的", "從我的", "来自我的", "获取 outlook", "나의 iphone에서", "내 iphone에서", "iphone에서 보냄", "נשלח מה", "أرسلت من", "تم الإرسال من", "được gửi từ", "đã gửi từ", "dikirim dari", "ส่งจาก", "enviat des",
}
