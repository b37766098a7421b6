package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// KindField is one thing that a request of a kind should say. Its label and the
// question that asks a client for it are in the catalogue, under "field." and
// "ask." and its name.
type KindField struct {
	Name     string
	Required bool // the form asks for it; at most two of a kind are
	hints    []string
	pattern  *regexp.Regexp // beside hints; nil: none
}

// Kinds are the kinds that a request can be converted to. A complaint is none
// of them: it is private, and begins another way.
func Kinds() []Kind { return []Kind{KindQuestion, KindBug, KindIdea, KindStory, KindTask} }

// KindSay is the catalogue's sentence for a kind: "a bug".
func KindSay(k Kind) string { return "kind." + string(k) }

// ParseKind reads a kind in either language.
func ParseKind(s string) (Kind, bool) {
	k, ok := map[string]Kind{
		"question": KindQuestion, "вопрос": KindQuestion,
		"bug": KindBug, "defect": KindBug, "баг": KindBug, "ошибка": KindBug, "дефект": KindBug,
		"idea": KindIdea, "feature": KindIdea, "идея": KindIdea, "предложение": KindIdea,
		"story": KindStory, "история": KindStory,
		"task": KindTask, "задача": KindTask,
		"complaint": KindComplaint, "жалоба": KindComplaint,
	}[strings.ToLower(strings.Trim(strings.TrimSpace(s), ".,!;:"))]
	return k, ok
}

var (
	listedSteps = regexp.MustCompile(`(?m)^\s*[1-9][.)]\s`)
	hostOrPath  = regexp.MustCompile(`https?://|\b[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|net|io|dev|app|shop|ru|by|example)\b`)
	aDate       = regexp.MustCompile(`\b\d{1,2}[./]\d{1,2}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}:\d{2}\b`)
)

// KindFields are what a request of a kind should say, in the order in which one
// asks for it.
func KindFields(k Kind) []KindField {
	where := KindField{Name: "where", pattern: hostOrPath, hints: []string{
		"browser", "chrome", "firefox", "safari", "edge", "iphone", "ipad", "android", "windows", "macos", "version", "on the page", "screen of", "in the admin",
		"браузер", "хром", "сафари", "айфон", "андроид", "верси", "на странице", "в разделе", "на экране", "в админк"}}
	switch k {
	case KindBug:
		return []KindField{
			{Name: "steps", Required: true, pattern: listedSteps, hints: []string{
				"step", "when i", "when we", "when you", "after i", "after we", "if i", "if you", "click", "press", "tap ", "go to", "open the", "opened", "reproduce",
				"шаг", "когда я", "когда мы", "когда нажима", "после того", "если ", "нажим", "нажать", "клик", "захо", "открыва", "открыть", "воспроизв"}},
			{Name: "expected", Required: true, hints: []string{
				"expect", "should", "supposed", "instead", "used to", "before it", "normally", "yesterday it",
				"ожида", "долж", "вместо", "раньше", "обычно", "вчера"}},
			where,
		}
	case KindQuestion:
		return []KindField{
			{Name: "goal", Required: true, hints: []string{
				"want to", "need to", "trying to", "try to", "in order to", "so that", "because", "how do", "how to", "how can", "is it possible", "can we", "can i", "where do", "where can", "what is", "why ",
				"хочу", "хотим", "нужно", "надо", "чтобы", "потому", "как ", "можно ли", "где ", "почему", "зачем", "что такое"}},
			{Name: "tried", hints: []string{
				"tried", "i have read", "already", "followed", "according to", "документац",
				"пробова", "попробова", "пытал", "уже ", "прочита", "по инструкции"}},
		}
	case KindIdea:
		return []KindField{
			{Name: "problem", Required: true, hints: []string{
				"because", "so that", "every time", "have to", "takes ", "lose", "losing", "cannot", "can't", "annoy", "hard to", "by hand", "manually", "otherwise",
				"потому", "чтобы", "каждый раз", "приходится", "теря", "неудобн", "трудно", "сложно", "вручную", "руками", "иначе", "не могу", "нельзя"}},
			{Name: "who", hints: []string{
				"our team", "our customers", "our shops", "customers", "users", "buyers", "everybody", "all of us", "colleague", "manager", "accountant",
				"наши", "клиент", "покупател", "пользовател", "коллег", "менеджер", "бухгалтер", "все мы", "сотрудник"}},
			{Name: "today", hints: []string{
				"today we", "now we", "at the moment", "currently", "so far", "workaround",
				"сейчас", "пока мы", "на данный момент", "обходим", "сегодня мы"}},
		}
	case KindStory:
		return []KindField{
			{Name: "role", hints: []string{"as a ", "as an ", "as the ", "as our ", "как покупател", "как клиент", "как менеджер", "как администратор", "как пользовател", "будучи"}},
			{Name: "want", Required: true, hints: []string{
				"want", "would like", "need", "wish", "should be able", "хочу", "хотим", "хотел", "нужно", "нужна", "нужен", "надо", "должна быть возможность"}},
			{Name: "why", Required: true, hints: []string{
				"so that", "because", "in order to", "otherwise", "чтобы", "потому", "для того", "иначе"}},
		}
	case KindTask:
		return []KindField{
			{Name: "result", Required: true, hints: []string{
				"so that", "result", "done when", "ready when", "must ", "should", "until it", "чтобы", "результат", "готово", "долж", "в итоге"}},
			{Name: "by", Required: true, pattern: aDate, hints: []string{
				"today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "this week", "next week", "asap", "by the end", "deadline", "no hurry",
				"сегодня", "завтра", "понедельник", "вторник", "сред", "четверг", "пятниц", "на этой неделе", "на следующей неделе", "к концу", "срок", "не спеш", "не горит"}},
			where,
		}
	}
	return nil
}

// Missing is what a request of a kind does not say yet: neither in its own
// words, nor in what was said on it, nor in its fields. It is read from words
// that people use for such things, so that it misses some and believes others.
func Missing(k Kind, r Request, comments []Comment) (missing []KindField) {
	var b strings.Builder
	b.WriteString(r.Title + "\n" + r.Words)
	for _, c := range comments {
		if !c.Deleted {
			b.WriteString("\n" + c.Text)
		}
	}
	text := strings.ToLower(b.String())
	for _, f := range KindFields(k) {
		if strings.TrimSpace(r.Fields[f.Name]) == "" && !f.said(text) {
			missing = append(missing, f)
		}
	}
	return missing
}

// said reports whether a text in lower case says something of the field.
func (f KindField) said(text string) bool {
	return f.pattern != nil && f.pattern.MatchString(text) ||
		slices.ContainsFunc(f.hints, func(h string) bool { return hasWord(text, h) })
}

// hasWord reports whether a hint begins at the beginning of a word.
func hasWord(text, hint string) bool {
	for i := 0; ; {
		j := strings.Index(text[i:], hint)
		if j < 0 {
			return false
		}
		j += i
		before := []rune(text[max(0, j-4):j])
		if len(before) == 0 || !unicode.IsLetter(before[len(before)-1]) {
			return true
		}
		i = j + len(hint)
	}
}

// Convert makes the request one of another kind.
func (r *Request) Convert(k Kind) *Error {
	switch {
	case r.Kind == KindComplaint:
		return Refuse("refuse.complaint_kind", "Request", r.Part())
	case k == KindComplaint:
		return Refuse("refuse.to_complaint", "Usage", Code("complaint "+r.ID()))
	case r.MergedInto != 0:
		return r.Over()
	}
	r.Kind = k
	return nil
}

// maxField is the length of what stands in a field, in characters.
const maxField = 4000

// Fill writes fields of the request's kind down. An empty one is taken away.
func (r *Request) Fill(fields map[string]string) *Error {
	if r.MergedInto != 0 {
		return r.Over()
	}
	filled := map[string]string{}
	for name, text := range r.Fields {
		filled[name] = text
	}
	for name, text := range fields {
		text = strings.TrimSpace(text)
		if !slices.ContainsFunc(KindFields(r.Kind), func(f KindField) bool { return f.Name == name }) {
			continue
		}
		switch {
		case len([]rune(text)) > maxField:
			return Refuse("refuse.long_field", "Limit", maxField).In(name)
		case text == "":
			delete(filled, name)
		default:
			filled[name] = text
		}
	}
	for _, f := range KindFields(r.Kind) {
		if _, asked := fields[f.Name]; asked && f.Required && filled[f.Name] == "" {
			return Refuse("refuse.field_needed", "Field", Words("field."+f.Name)).In(f.Name)
		}
	}
	r.Fields = filled
	return nil
}
