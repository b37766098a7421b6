package yamlfile

import (
	"reflect"

	"meridian/bot"
)

// A field is one key of a struct.
type field struct {
	key   string
	index []int
	typ   reflect.Type
}

// fields are the keys of a struct, in order. The keys of an inline struct stand
// among those of the struct it is in.
func fields(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		switch key := t.Field(i).Tag.Get("yaml"); key {
		case "":
		case ",inline":
			for _, f := range fields(t.Field(i).Type) {
				f.index = append([]int{i}, f.index...)
				all = append(all, f)
			}
		default:
			all = append(all, field{key, []int{i}, t.Field(i).Type})
		}
	}
	return all
}

// keys are the words that may stand in a struct's mapping: a field that holds
// secrets has two.
func keys(t reflect.Type) []string {
	var all []string
	for _, f := range fields(t) {
		all = append(all, f.key)
		if isSecret(f.typ) {
			all = append(all, f.key+fileTwin)
		}
	}
	return all
}

// Schema lists every key that a file for this struct may have: "team.name",
// "channels[].name", "reactions" for a table with keys of its own.
func Schema(t reflect.Type) []string {
	var all []string
	for _, f := range fields(t) {
		all = append(all, f.key)
		if isSecret(f.typ) {
			all = append(all, f.key+fileTwin)
			continue
		}
		inner, prefix := f.typ, f.key+"."
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Slice {
			inner, prefix = inner.Elem(), f.key+"[]."
		}
		if inner.Kind() == reflect.Struct {
			for _, key := range Schema(inner) {
				all = append(all, prefix+key)
			}
		}
	}
	return all
}

// fileTwin ends the name of the key that names a file instead of a secret.
const fileTwin = "_file"

// isSecret reports whether a field of this type holds one secret or several.
func isSecret(t reflect.Type) bool {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t == reflect.TypeFor[bot.Secret]()
}
