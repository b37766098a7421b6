package moving

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

// element is one of an XML document that a program written with Rails gives out:
// <helpdesk-ticket><display-id type="integer">7</display-id>...</helpdesk-ticket>.
// Its list is <helpdesk-notes type="array">, and what it does not have is marked
// nil="true".
type element struct {
	XMLName  xml.Name
	Type     string    `xml:"type,attr"`
	Nil      bool      `xml:"nil,attr"`
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

// name is what the same is called in JSON.
func (e element) name() string { return strings.ReplaceAll(e.XMLName.Local, "-", "_") }

// value is the element as it would stand in JSON.
func (e element) value() any {
	switch {
	case e.Nil:
		return nil
	case e.Type == "array":
		list := make([]any, 0, len(e.Children))
		for _, c := range e.Children {
			list = append(list, c.value())
		}
		return list
	case len(e.Children) > 0:
		fields := make(map[string]any, len(e.Children))
		for _, c := range e.Children {
			fields[c.name()] = c.value()
		}
		return fields
	case e.Type == "boolean":
		return strings.TrimSpace(e.Text) == "true"
	}
	return e.Text
}

// xml sorts the objects of a document, as if it were JSON: each under the name of
// its element. Entities of a document's own are not known, and refused.
func (s sorter) xml(m member) error {
	in := xml.NewDecoder(bytes.NewReader(m.data))
	in.CharsetReader = charset.NewReaderLabel
	depth := 0
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) && depth == 0 {
			return nil
		}
		if err != nil {
			return errDamaged
		}
		switch t := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if isXMLList(t) && depth == 0 {
				depth++
				continue
			}
			var e element
			if err := in.DecodeElement(&e, &t); err != nil {
				return errDamaged
			}
			raw, err := json.Marshal(map[string]any{e.name(): e.value()})
			if err != nil {
				return errDamaged
			}
			s.value(raw, nameOf(m.name), 1)
		}
	}
}

// isXMLList holds for the element around all others.
func isXMLList(t xml.StartElement) bool {
	for _, a := range t.Attr {
		if a.Name.Local == "type" && a.Value == "array" {
			return true
		}
	}
	return strings.HasSuffix(t.Name.Local, "s")
}
