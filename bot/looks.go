package bot

import (
	"strings"
	"unicode"
)

// Looks says how much a message looks like somebody who wants something of the
// desk, a question or a report of what is broken: in points for and against.
type Looks int

const (
	enoughPoints = 14 // of what looks like a request
	closePoints  = 3  // this near to it on either side it may be wrong
	// longLooks is how much of a text is looked at, in bytes: what somebody wants
	// stands at the beginning.
	longLooks = 2000
)

// IsRequest reports whether the message looks like a request.
func (l Looks) IsRequest() bool { return l >= enoughPoints }

// IsDoubtful reports whether a person should look.
func (l Looks) IsDoubtful() bool {
	return l >= enoughPoints-closePoints && l < enoughPoints+closePoints
}

// LooksOf judges a message by its words alone, in English or Russian. Names are
// those of the team: who calls one of them does not answer somebody else.
func LooksOf(text string, names ...string) Looks {
	if len(text) > longLooks {
		text = text[:longLooks]
	}
	text = withoutCall(text, names)
	words := wordsOf(text)
	if len(words) == 0 || GistOf(text, names...) != More && GistOf(text, names...) != Another {
		return 0
	}
	folded := " " + strings.Join(words, " ") + " "
	points := 0
	for _, m := range lookMarks() {
		if m.found(words, folded, text) {
			points += m.points
		}
	}
	return Looks(points)
}

// withoutCall is a text without the name of somebody of the team in front.
func withoutCall(text string, names []string) string {
	text = strings.TrimSpace(text)
	for _, n := range names {
		if rest := text[min(len(n), len(text)):]; n != "" && len(rest) < len(text) && strings.EqualFold(text[:len(text)-len(rest)], n) && strings.HasPrefix(rest, ",") {
			return strings.TrimLeft(rest, ", ")
		}
	}
	return text
}

// lookMark is one sign for or against.
type lookMark struct {
	points int
	found  func(words []string, folded, text string) bool
}

// has looks for any of some phrases.
func has(phrases ...string) func([]string, string, string) bool {
	return func(_ []string, folded, _ string) bool {
		for _, p := range phrases {
			if strings.Contains(folded, p) {
				return true
			}
		}
		return false
	}
}

// begins looks at the first word behind a greeting.
func beginsWith(list string) func([]string, string, string) bool {
	return func(words []string, _, _ string) bool {
		i := 0
		for i < len(words)-1 && among(words[i], greetings) {
			i++
		}
		return among(words[i], list)
	}
}

// lookMarks are all signs, each counted once.
func lookMarks() []lookMark {
	return []lookMark{
		{10, func(_ []string, _, text string) bool { return strings.ContainsAny(text, "?？") }},
		{8, beginsWith(" how what where why when which who is are can could does do did has have any anyone anybody as как где почему когда что кто какой какая какие сколько зачем можно куда откуда чей ")},
		{12, has(" how do i ", " how can i ", " how to ", " how do you ", " how can we ", " how do we ", " is there a", " is there any", " are there any", " anyone know", " anybody know", " does anyone ", " does anybody ",
			" can anyone ", " can someone ", " can somebody ", " can anybody ", " anyone help", " help me ", " need help", " some help ", " know how ", " know why ", " what is the ", " where can i ", " where do i ", " where is ", " can i ", " why does ", " why is ", " what s the ",
			" any idea", " any way to ", " way to ", " has anyone", " has anybody",
			" подскажите ", " помогите ", " как мне ", " как нам ", " кто знает ", " кто нибудь ", " есть ли ", " можно ли ", " что делать ", " кому ", " где найти ", " куда обратиться ", " в чем ", " где взять ", " как настроить ", " как получить ")},
		{11, has(" could you ", " can you ", " would you ", " please ", " i need ", " we need ", " i want ", " i d like ", " would like ", " i m trying ", " i am trying ", " trying to ", " request", " require", " add ", " access to ", " is it possible", " feature ", " support for ", " allow ", " should be ",
			" прошу ", " пожалуйста ", " нужен ", " нужна ", " нужны ", " нужно ", " надо ", " необходимо ", " требуется ", " хочу ", " хотим ", " хотел", " просьба ", " добавьте ", " сделайте ", " настройте ", " дайте ", " предоставьте ", " выдайте ", " доступ ", " доступа ", " запрос ", " запросить ")},
		{14, has(" doesn t ", " don t work", " not work", " isn t work", " won t ", " can t ", " cannot ", " couldn t ", " unable to ", " error", " fail", " broken ", " breaks ", " crash", " problem", " trouble", " stuck ", " missing ", " freeze", " hangs ", " slow ", " is down ", " went down ", " stopped ", " bug ", " incorrect", " wrong ", " no longer ", " nothing happens ", " not found ", " lost ", " not able ", " exception", " not loading", " is empty ", " regression", " denied ", " expired ", " timeout", " times out", " didn t ",
			" не работа", " не могу ", " не можем ", " не получа", " не откр", " не прих", " не загру", " не запуска", " не удает", " не вид", " не отобра", " не подключ", " не сохран", " не проход", " не пуска", " не дает ", " не создает", " не обновл", " не устан", " не отправ", " не синхрон",
			" ошибк", " сломал", " упал", " падает ", " завис", " висит ", " пропал", " исчез", " проблем", " сбой", " недоступ", " тормозит ", " медленно ", " нет доступа ", " заблокир", " пуст", " неверн", " некорректн", " слетел", " отвал", " просроч", " истек", " не то ")},
		{13, func(words []string, _, _ string) bool { return refusesToWork(words) }},
		{8, func(words []string, _, _ string) bool { return asksHow(words) }},
		{5, func(words []string, _, _ string) bool {
			return anyAmong(words, " i my me we our im ive мне меня мой моя мои мы нам нас наш наша у мной ")
		}},
		{4, func(words []string, _, _ string) bool { return len(words) > 3 && among(words[0], greetings) }},
		{3, func(words []string, _, _ string) bool { return len(words) >= 5 }},
		{3, func(words []string, _, _ string) bool { return len(words) >= 20 }},

		{-16, func(_ []string, _, text string) bool { return toSomebody(text, ":") }},
		{-12, func(_ []string, _, text string) bool { return toSomebody(text, ",") }},
		{-9, has(" you can ", " you could ", " you need ", " you should ", " you have to ", " did you ", " have you ", " do you ", " are you ", " your ", " try ", " you re ", " you ll ", " you might ", " you want ", " попробуй", " проверьте ", " проверь ", " у вас ", " тебе ", " ты ", " вы ")},
		{-10, beginsWith(" yes no yeah yep nope ok okay oh ah lol hmm hm well then so and but or because also heh haha sorry right sure maybe yup nah btw wow cool да нет ага угу ну а и но или потому тоже ок окей вот ясно понятно ")},
		{-8, func(words []string, _, text string) bool {
			return len(words) <= 3 && !strings.ContainsAny(text, "?？")
		}},
		{-10, func(words []string, _, _ string) bool { return len(words) <= 2 }},
	}
}

// refusesToWork finds "не" in front of what something should do: "не
// формируется", "не начислена".
func refusesToWork(words []string) bool {
	for i := 1; i < len(words); i++ {
		if words[i-1] != "не" || len(words[i]) < 10 {
			continue
		}
		for _, end := range []string{"ет", "ит", "ют", "ят", "ся", "на", "но", "ны"} {
			if strings.HasSuffix(words[i], end) {
				return true
			}
		}
	}
	return false
}

// asksHow finds "как" in front of what somebody wants to do: "как оформить".
func asksHow(words []string) bool {
	for i, w := range words {
		if w != "как" && w != "где" {
			continue
		}
		for _, next := range words[i+1 : min(i+4, len(words))] {
			if strings.HasSuffix(next, "ть") || strings.HasSuffix(next, "ться") || strings.HasSuffix(next, "ти") {
				return true
			}
		}
	}
	return false
}

// toSomebody reports whether a message begins with the name of whom it answers:
// "anna: try this", "@anna, ...". Behind stands what follows such a name.
func toSomebody(text, behind string) bool {
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return false
	}
	first := text[:i]
	if strings.HasPrefix(first, "@") && first != mention {
		return true
	}
	name, found := strings.CutSuffix(first, behind)
	if !found || len(name) < 2 || name == strings.ToUpper(name) || among(Fold(name), greetings, thanksWords) {
		return false
	}
	return !strings.ContainsFunc(name, func(c rune) bool { return c > unicode.MaxASCII || strings.ContainsRune("()[]\"'/.", c) })
}
