package email

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// label is what a line of a quoted header is about.
type label int

const (
	noLabel label = iota
	labelFrom
	labelTo
	labelCc
	labelDate
	labelSubject
	labelOther // known, and of no use here
)

// labelOf says what a label such as "From", "От кого" or "Kopie (CC)" stands
// for, in the languages of common mail programs.
func labelOf(s string) label {
	s = lower(strings.Join(strings.Fields(strings.Trim(s, "*_ \t>|")), " "))
	s, _, _ = strings.Cut(s, " (")
	s = strings.TrimRight(s, ". ")
	switch {
	case s == "" || len(s) > 40:
		return noLabel
	case slices.Contains(fromLabels[:], s):
		return labelFrom
	case slices.Contains(subjectLabels[:], s):
		return labelSubject
	case slices.Contains(dateLabels[:], s):
		return labelDate
	case slices.Contains(toLabels[:], s):
		return labelTo
	case slices.Contains(ccLabels[:], s):
		return labelCc
	case slices.Contains(otherLabels[:], s):
		return labelOther
	}
	return noLabel
}

// cutLabel parts "Label: value". The label may be in bold, the colon a wide one.
func cutLabel(line string) (l label, value string) {
	i := strings.IndexAny(line[:min(len(line), 120)], ":：")
	if i <= 0 {
		return noLabel, ""
	}
	if l = labelOf(line[:i]); l == noLabel {
		return noLabel, ""
	}
	_, size := utf8.DecodeRuneInString(line[i:])
	return l, strings.Trim(line[i+size:], "*| \t\u00a0")
}

// labelBefore finds the longest label that s ends with, and where it begins. It
// serves headers that were joined to one line, where nothing but a capital says
// that a label begins.
func labelBefore(s string) (l label, start int) {
	for i := len(s); i > 0 && len(s)-i < 60; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
		if unicode.IsLower(r) || !unicode.IsLetter(r) {
			continue
		}
		if found := labelOf(s[i:]); found != noLabel {
			l, start = found, i
		}
	}
	return l, start
}

// What mail programs write before the sender in a quoted header, in lower case.
var fromLabels = [...]string{
	"from", "von", "absender", "de", "expéditeur", "expediteur", "emisor", "remitente", "remetente", "da", "mittente", "van", "afzender",
	"från", "avsändare", "fra", "afsender", "avsender", "lähettäjä", "saatja", "no", "nuo", "siuntėjas", "sūtītājs", "od", "nadawca", "odesílatel",
	"odosielateľ", "feladó", "küldő", "de la", "expeditor", "expeditorul", "šalje", "pošiljatelj", "pošiljalec", "pošiljalac", "од", "шаље", "пошиљалац",
	"от", "от кого", "отправитель", "подател", "изпращач", "від", "від кого", "відправник", "ад", "ад каго", "адпраўнік", "kimden", "gönderen",
	"από", "αποστολέας", "差出人", "送信元", "送信者", "发件人", "發件人", "寄件者", "寄件人", "发送人", "보낸 사람", "보낸사람", "발신", "מאת", "من",
	"từ", "người gửi", "dari", "pengirim", "จาก", "nork", "frá",
}

// ... before its recipients.
var toLabels = [...]string{
	"to", "an", "empfänger", "à", "a", "pour", "destinataire", "para", "destinatario", "destinatário", "per", "aan", "till", "til", "modtager", "mottaker",
	"vastaanottaja", "kenelle", "saaja", "kellele", "adressaat", "kam", "saņēmējs", "gavėjas", "skirta", "do", "odbiorca", "adresat", "komu", "příjemce", "príjemca", "pro", "pre",
	"címzett", "către", "destinatar", "destinatarul", "la", "za", "prima", "primatelj", "prejemnik", "за", "прима", "кому", "получатель", "до", "одержувач",
	"каму", "kime", "alıcı", "προς", "παραλήπτης", "宛先", "送信先", "收件人", "收件者", "받는 사람", "받는사람", "수신", "אל", "إلى", "đến", "tới", "kepada", "untuk", "ถึง", "nori",
}

// ... before those who got a copy.
var ccLabels = [...]string{
	"cc", "c.c", "kopie", "copie", "copie à", "copia", "con copia", "cópia", "com cópia", "copia per conoscenza", "kopia", "kopi", "kopio", "koopia",
	"kopija", "dw", "do wiadomości", "kp", "kópia", "másolat", "másolatot kap", "копия", "копія", "копија", "копие", "bilgi", "κοιν", "κοινοποίηση",
	"抄送", "副本", "참조", "עותק", "نسخة", "bản sao", "tembusan", "สำเนา", "afrit",
}

// ... before its date.
var dateLabels = [...]string{
	"date", "sent", "sent at", "date sent", "datum", "gesendet", "gesendet am", "envoyé", "envoyé le", "date d'envoi", "fecha", "enviado", "enviado el", "fecha de envío",
	"data", "enviada", "enviado em", "enviada em", "data de envio", "inviato", "inviata", "data invio", "data di invio", "verzonden", "datum verzonden", "skickat", "skickades", "datum skickat",
	"dato", "sendt", "dato sendt", "päivämäärä", "päiväys", "lähetetty", "pvm", "kuupäev", "saadetud", "datums", "nosūtīts", "išsiųsta", "wysłano", "wysłane", "data wysłania", "wysłany",
	"odesláno", "odoslané", "odoslaná", "dátum", "elküldve", "küldve", "elküldés dátuma", "küldés ideje", "küldés dátuma", "dată", "trimis", "trimis la", "trimisă", "poslano", "poslato", "датум", "послато",
	"дата", "отправлено", "дата отправки", "отправлен", "изпратено", "дата на изпращане", "надіслано", "відправлено", "дата надсилання", "адпраўлена", "даслана",
	"tarih", "gönderilen", "gönderildi", "gönderim tarihi", "gönderme tarihi", "gönderilme tarihi", "ημερομηνία", "στάλθηκε", "εστάλη", "日付", "日時", "送信日時", "送信日", "日期", "发送时间", "發送時間", "发送日期", "寄件日期", "传送日期", "時間", "时间",
	"날짜", "보낸 날짜", "תאריך", "נשלח", "בתאריך", "التاريخ", "تاريخ", "ngày", "tanggal", "dikirim", "วันที่", "enviat", "dagsetning",
}

// ... before its subject.
var subjectLabels = [...]string{
	"subject", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "aihe", "otsikko", "teema", "pealkiri", "temats", "tēma", "tema", "temat",
	"předmět", "predmet", "tárgy", "subiect", "subiectul", "naslov", "zadeva", "тема", "предмет", "относно", "тэма", "наслов", "konu", "θέμα", "件名", "主题", "主旨", "主題", "제목", "נושא", "الموضوع",
	"chủ đề", "tiêu đề", "subjek", "perihal", "เรื่อง", "assumpte", "gaia", "efni",
}

// ... and before what else stands there.
var otherLabels = [...]string{
	"bcc", "cci", "cco", "ccn", "blindkopie", "skrytá kopie", "udw", "ukryta kopia", "скрытая копия", "прихована копія", "reply-to", "reply to", "antwort an", "antworten an", "répondre à", "responder a", "rispondi a",
	"antwoord aan", "antwoordadres", "svar till", "svar til", "odpowiedz do", "odpověď", "odpověď na", "odpovedať", "odpovedať komu", "svara till", "vastaus", "vastaa", "vasta", "odgovori na", "odgovor na", "válaszcím", "válasz cím", "responder para", "răspuns către", "răspunde la", "atbildēt", "atsakyti", "απάντηση σε", "адказаць", "отговор до", "ответить", "ответить на", "обратный адрес", "адрес для ответа", "відповісти", "yanıt adresi", "返信先", "回复至", "resent-from", "resent-to", "message-id", "in-reply-to",
	"organization", "organisation", "importance", "wichtigkeit", "priority", "priorität", "priorité", "важность", "attachments", "attachment", "anlagen", "anhänge", "pièces jointes", "adjuntos", "allegati", "anexos", "bijlagen",
	"вложения", "файлы", "files", "вкладення", "załączniki", "přílohy", "ekler", "mailing list", "list", "x-mailer", "user-agent", "security", "signed by", "mailed-by", "sensitivity", "categories",
}
