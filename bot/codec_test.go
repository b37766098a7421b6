package bot

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// bodies is one of each kind, empty. A test holds that none is missing.
func bodies() []Body {
	return []Body{
		Said{}, Edited{}, Deleted{}, Commanded{}, Reacted{}, Pressed{}, Submitted{}, Opened{}, Mailed{}, Alerted{}, Due{}, Answered{}, Failed{}, Joined{},
		Changed{}, Heard{},
	}
}

// kindsInSource are the types of this package that have a method Kind.
func kindsInSource(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "Kind" && f.Recv != nil {
			kinds = append(kinds, strings.ToLower(f.Recv.List[0].Type.(*ast.Ident).Name))
		}
	}
	slices.Sort(kinds)
	return kinds
}

func TestEveryKindOfEventIsKnownToTheCodec(t *testing.T) {
	var tested []string
	for _, b := range bodies() {
		tested = append(tested, b.Kind())
		if want := strings.ToLower(reflect.TypeOf(b).Name()); b.Kind() != want {
			t.Errorf("%T is called %q", b, b.Kind())
		}
	}
	slices.Sort(tested)
	if kinds := kindsInSource(t); !slices.Equal(kinds, tested) {
		t.Fatalf("the source has %v, this test %v", kinds, tested)
	}
}

func TestAnEventComesBackAsItWasStored(t *testing.T) {
	for _, empty := range bodies() {
		for _, body := range []Body{empty, filled(t, empty).(Body)} {
			var want Event
			fill(reflect.ValueOf(&want).Elem(), 0)
			want.Body = stored(body).(Body)
			data, err := EncodeEvent(Event{Place: want.Place, Message: want.Message, Actor: want.Actor, At: want.At, Blob: want.Blob, Body: body,
				ID: 1, Source: "s", Key: "k", Attempt: 2, Raw: []byte("raw")})
			if err != nil {
				t.Fatal(err)
			}
			got, err := DecodeEvent(body.Kind(), data)
			if err != nil {
				t.Fatalf("%s: %v", data, err)
			}
			want.ID, want.Source, want.Key, want.Attempt, want.Raw, want.Call = 0, "", "", 0, nil, nil // columns
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\ngot  %+v\nwant %+v", body.Kind(), got, want)
			}
		}
	}
}

func TestADeliveryComesBackAsItWasStored(t *testing.T) {
	want := filled(t, Delivery{}).(Delivery)
	data, err := EncodeDelivery(want)
	if err != nil {
		t.Fatal(err)
	}
	got := want // its columns
	got.Target, got.Person, got.Emoji, got.Message, got.Mail, got.ToClient, got.Page, got.TeamSide = "", "", "", Message{}, nil, false, false, false
	if err := DecodeDelivery(data, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAVersionOrKindThatIsNotKnownIsRefused(t *testing.T) {
	for _, data := range []string{``, `{`, `null`, `{}`, `{"body":{}}`, `{"v":0,"body":{}}`, `{"v":-1,"body":{}}`, `{"v":2,"body":{}}`, `{"v":"1","body":{}}`, `{"v":1}`, `{"v":1,"body":7}`} {
		if e, err := DecodeEvent("said", []byte(data)); err == nil {
			t.Errorf("%s is read as %+v", data, e)
		}
		if strings.HasPrefix(data, `{"v":1`) {
			continue // a delivery has no body
		}
		before := Delivery{ID: 7, Key: "k"}
		d := before
		if err := DecodeDelivery([]byte(data), &d); err == nil || !reflect.DeepEqual(d, before) {
			t.Errorf("%s is read as %+v, %v", data, d, err)
		}
	}
	if _, err := DecodeEvent("dance", []byte(`{"v":1,"body":{}}`)); err == nil {
		t.Error("an unknown kind is read")
	}
}

func FuzzWhatIsStoredIsReadOrRefused(f *testing.F) {
	for _, b := range bodies() {
		data, err := EncodeEvent(Event{At: time.Unix(1, 0), Body: b})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b.Kind(), data)
	}
	f.Add("said", []byte(`{"v":1,"body":null}`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		e, err := DecodeEvent(kind, data)
		if err != nil {
			return
		}
		again, err := EncodeEvent(e)
		if err != nil {
			t.Skip("such as a year beyond 9999: the fuzzer's input is not what is tested")
		}
		back, err := DecodeEvent(kind, again)
		if err != nil || back.Body.Kind() != e.Body.Kind() || back.Place != e.Place || back.Lane() != e.Lane() {
			t.Errorf("%+v came back as %+v, %v", e, back, err)
		}
	})
}

func filled(t *testing.T, empty any) any {
	t.Helper()
	v := reflect.New(reflect.TypeOf(empty)).Elem()
	fill(v, 0)
	return v.Interface()
}

// fill gives every field a value that is not its zero value.
func fill(v reflect.Value, depth int) {
	if depth > 12 || !v.CanSet() {
		return
	}
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("x"), value)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	case reflect.Uint8:
		v.SetUint(1)
	}
}

// stored is a value without the fields that are not stored.
func stored(x any) any {
	v := reflect.New(reflect.TypeOf(x)).Elem()
	v.Set(reflect.ValueOf(x))
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") == "-" {
			v.Field(i).SetZero()
		}
	}
	return v.Interface()
}
