package bot

import (
	"regexp"
	"strings"
	"unicode"
)

// Gist is what a client's word means for a request that waits for it, or that
// we thought was done.
type Gist int

// The gists. Whatever is not sure is [More]: it goes on, and a person decides.
const (
	More    Gist = iota
	Thanks       // thanks or praise, and nothing else
	Works        // it works now, maybe with thanks
	Did          // they did what they were asked, maybe with thanks; no other word
	Checks       // they will look whether it works, and come back: "thanks, I check tomorrow"
	Sends        // they will send what we need: "thanks, the screenshot comes tomorrow"
	Another      // thanks for this, and then a new matter: "thanks, could you also change the logo?"
)

// Words that decide what a text says, each with blanks around it and as [Fold]
// writes it.
const (
	thanksWords = " thanks thank thx thnx ty tysm cheers appreciated спасибо спасибки пасибо спс благодарю благодарим мерси признателен признательна признательны "
	praiseWords = " great perfect perfectly nicely well fine good ok okay okey super awesome excellent cool nice отлично супер класс прекрасно замечательно здорово хорошо нормально ок окей "
	worksWords  = " works worked working solved fixed resolved работает работают заработало заработала заработал заработали помогло помогли решено решилось решился исправлено получилось порядке "
	didWords    = " done did готово сделано сделал сделала сделали "

	greetings = " hi hello hey dear morning afternoon evening day night добрый доброе доброго день дня утро вечер вечера здравствуйте привет приветствую коллеги ребята друзья team guys all everyone folks "
	closings  = " best kind warm regards sincerely yours have a nice weekend с уважением наилучшими пожеланиями хорошего хороших выходных "
	fillers   = " you u so very much a lot again all it its s that this these well everything is are many big us like charm in advance for the your our help support now i we here at finally really just too yes yep yeah and looks seems " +
		" большое огромное огромная заранее вам вас тебе за помощь поддержку оперативность быстрый быструю ответ быстро все теперь да и очень еще раз это уже у нас меня мне нам в вроде снова "

	// What spoils a thanks, or makes a question more than a new one.
	troubles = " not no never nothing none but however still again t cannot without broken breaks fails failed failing fail error errors wrong empty missing problem problems issue bug crash crashes " +
		" не нет но однако опять снова ни ничего прежнему сих ошибка ошибки ошибку сломалось сломалась сломано пустой пустая пустое пусто проблема проблему падает висит зависает пропал пропала пропало пропали "
	asking = " could can would may please how what where when which want need " +
		" можно можете могли может подскажите помогите прошу пожалуйста нужно надо хочу хотим хотел хотела хотели хотелось как где когда какой "
	also = " also another else additionally besides different separate btw extra еще также заодно кстати другой другая другое другую дополнительно отдельный отдельно попутно "

	checking = " let check test try look verify confirm see проверю проверим посмотрю посмотрим попробую попробуем протестирую протестируем погляжу глянем гляну отпишусь отпишемся "
	sending  = " send write reply answer provide attach share ask bring get come пришлю пришлем отправлю отправим вышлю вышлем скину скинем приложу приложим предоставлю предоставим уточню уточним узнаю узнаем спрошу спросим напишу напишем отвечу ответим сообщу сообщим вернусь вернемся соберу "
	soon     = " tomorrow today tonight later soon monday tuesday wednesday thursday friday saturday sunday week hour завтра послезавтра сегодня позже вечером утром днем скоро понедельник вторник среду четверг пятницу субботу воскресенье неделе неделю час часа "
)

// signs that say thanks without a word, and signs that take back what stands
// beside them.
const (
	goodSigns = "👍🙏👌❤✅"
	badSigns  = "?？👎❌"
)

// maxGist is the longest text, in bytes, that may be anything but [More].
const maxGist = 400

// GistOf understands a client's word, in English or Russian, or by an emoji.
// Names that may stand in it are those of the client and of the team.
func GistOf(text string, names ...string) Gist {
	if len(text) > maxGist {
		return More
	}
	text = thankedName.ReplaceAllString(text, "$1$2")
	words := wordsOf(text)
	if g := pureGist(text, words, names); g != More {
		return g
	}
	if g := promise(text, words); g != More {
		return g
	}
	if isAnother(text, words) {
		return Another
	}
	return More
}

// thankedName is a name behind thanks that nobody has told us, or in other
// letters: "Спасибо, Инга!".
var thankedName = regexp.MustCompile(`(?i)((?:^|[^\pL])(?:thanks|thank you|cheers|спасибо|благодарю)),?[ \t]+(?-i:\p{Lu}\p{Ll}+)([ \t]*(?:[!.,;:)\n]|$))`)

// IsThanks reports whether a text says thanks or that it works, and nothing
// else. A question is never thanks, with or without its mark.
func IsThanks(text string, names ...string) bool { return GistOf(text, names...).Pleased() }

// Pleased reports whether the client says nothing but that all is well.
func (g Gist) Pleased() bool { return g == Thanks || g == Works || g == Did }

// wordsOf are the words of a text as [Fold] writes them.
func wordsOf(text string) []string {
	return strings.FieldsFunc(Fold(text), func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsPunct(c) || unicode.IsSymbol(c) || c == zeroWidthJoiner
	})
}

// among reports whether a word is in one of the lists.
func among(word string, lists ...string) bool {
	for _, l := range lists {
		if strings.Contains(l, " "+word+" ") {
			return true
		}
	}
	return false
}

// anyAmong reports whether one of the words is in one of the lists.
func anyAmong(words []string, lists ...string) bool {
	for _, w := range words {
		if among(w, lists...) {
			return true
		}
	}
	return false
}

// pureGist is for texts in which every word is known to say nothing else.
func pureGist(text string, words, names []string) Gist {
	if len(text) > maxGist/2 && len(words) > maxPureWords || strings.ContainsAny(text, badSigns) || len(words) > 0 && words[0] == "is" { // "is it fixed now"
		return More
	}
	found := More
	if strings.ContainsAny(text, goodSigns) {
		found = Thanks
	}
	known := " " + strings.Join(wordsOf(strings.Join(names, " ")), " ") + " "
	for i, w := range words {
		daytime := i+1 < len(words) && among(words[i+1], " morning afternoon evening day night ")
		switch {
		case among(w, worksWords):
			found = Works
		case among(w, didWords) && found != Works:
			found = Did
		case among(w, thanksWords), among(w, praiseWords) && !daytime:
			found = max(found, Thanks)
		case !among(w, fillers, greetings, closings, praiseWords, didWords, known):
			return More
		}
	}
	return found
}

// maxPureWords is how many words thanks may have that are no short note.
const maxPureWords = 24

// maxPromise is how many words a promise may have that names no time and thanks
// for nothing.
const maxPromise = 6

// promise is what a client says who comes back later: one who promises and
// says when, or says thanks for it.
func promise(text string, words []string) Gist {
	short := len(words) <= maxPromise
	if strings.ContainsAny(text, badSigns) || anyAmong(words, troubles) || !short && !anyAmong(words, soon, thanksWords, praiseWords) {
		return More
	}
	future := false
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		future = future || w == "ll" || w == "going" || w == "will" && next != "you" || w == "let" && next == "me"
		switch russian := w[0] >= 0x80; {
		case among(w, checking) && next != "me" && (future || russian):
			return Checks
		case among(w, sending) && (future || russian):
			return Sends
		}
	}
	return More
}

// isAnother reports whether a text says thanks and then asks for something
// else. Any word of trouble leaves it to a person.
func isAnother(text string, words []string) bool {
	first := 0
	for first < len(words) && !among(words[first], thanksWords, worksWords, praiseWords) {
		first++
	}
	if first == len(words) {
		return false
	}
	rest := words[first+1:]
	if anyAmong(words, troubles) || stillIn(words) || !anyAmong(rest, also) {
		return false
	}
	return strings.ContainsAny(text, "?？") || anyAmong(rest, asking)
}

// AfterThanks is what a text says behind the thanks that it begins with.
func AfterThanks(text string, names ...string) string {
	head := text[:min(len(text), maxGist)]
	rest := thankedName.ReplaceAllString(head, "$1$2")
	for {
		i := strings.IndexAny(rest, ".!,;\n")
		if i < 0 || pureGist(rest[:i], wordsOf(rest[:i]), names) == More {
			return strings.TrimSpace(rest + text[len(head):])
		}
		rest = strings.TrimLeft(rest[i:], ".!,;\n\r\t )")
	}
}

// stillIn finds "всё ещё", which is "still" and no "also".
func stillIn(words []string) bool {
	for i := 1; i < len(words); i++ {
		if words[i] == "еще" && words[i-1] == "все" {
			return true
		}
	}
	return false
}

// IsGreeting reports whether a text says hello and nothing else.
func IsGreeting(text string, names ...string) bool {
	if len(text) > maxGist {
		return false
	}
	words := wordsOf(text)
	known := " " + strings.Join(wordsOf(strings.Join(names, " ")), " ") + " good вам всем "
	for _, w := range words {
		if !among(w, greetings, known) {
			return false
		}
	}
	return len(words) > 0 && anyAmong(words, greetings)
}
