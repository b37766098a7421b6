package bot

import "strings"

// asFiled takes over what the author of a request said of its kind. Nothing of
// it has to be filled in: what is missing can be asked for later. A question is
// what everything is at first, so that a rule may know better.
func (r *Request) asFiled(f Filing) *Error {
	if f.Kind == "" || f.Kind == KindComplaint || f.Kind == KindQuestion && r.Kind != KindQuestion {
		return nil
	}
	r.Kind = f.Kind
	return r.Fill(Filled(r.Kind, f.Fields, nil))
}

// Filled are those of a form's values that are fields of a kind, and that have
// words in them or take away words that were there.
func Filled(k Kind, given, before map[string]string) map[string]string {
	out := map[string]string{}
	for _, f := range KindFields(k) {
		text := strings.TrimSpace(given[f.Name])
		if _, asked := given[f.Name]; asked && (text != "" || before[f.Name] != "") {
			out[f.Name] = text
		}
	}
	return out
}

// FieldsByKind ask for what a request of each kind should say, as long as the
// field named kind says that it is of that kind. Nothing must be filled in.
func FieldsByKind(kind string, values map[string]string) (fields []Field) {
	at := map[string]int{}
	for _, k := range Kinds() {
		for _, f := range KindFields(k) {
			if i, ok := at[f.Name]; ok {
				fields[i].Is = append(fields[i].Is, string(k))
				continue
			}
			at[f.Name] = len(fields)
			fields = append(fields, Field{Name: f.Name, Label: Say("field." + f.Name), Long: true, Optional: true, Value: values[f.Name], If: kind, Is: []string{string(k)}})
		}
	}
	return fields
}

// KindChoices are the kinds to choose from.
func KindChoices() (choices []Choice) {
	for _, k := range Kinds() {
		choices = append(choices, Choice{Value: string(k), Label: KindSay(k)})
	}
	return choices
}

// Rename gives the request another title.
func (r *Request) Rename(title string) *Error {
	switch title = strings.Join(strings.Fields(title), " "); {
	case title == "":
		return Refuse("refuse.no_title", "Request", r.Part()).In("title")
	case cutGraphemes(title, maxTitle) != title:
		return Refuse("refuse.long_title", "Limit", maxTitle).In("title")
	default:
		r.Title = title
	}
	return nil
}
