package email

import (
	"bytes"
	"errors"
	"strings"
)

// Caps on one mail. What lies beyond is not parsed: the mail is stored raw and
// shown by its head, so that a hostile one costs neither time nor memory.
const (
	maxHeaderBytes = 1 << 20
	maxHeaderLines = 1000
	maxDepth       = 20
	maxParts       = 300
)

var (
	errHeaderSize = errors.New("its header is over 1 MiB or 1,000 lines")
	errDepth      = errors.New("its parts are nested more than 20 deep")
	errParts      = errors.New("it has more than 300 parts")
)

// field is one line of a header: a name in lower case and the raw value with
// folded lines joined.
type field struct{ name, value string }

type header []field

// get is the first value of a field, empty if there is none.
func (h header) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

func (h header) has(names ...string) bool {
	for _, f := range h {
		for _, n := range names {
			if f.name == n {
				return true
			}
		}
	}
	return false
}

func (h header) count(name string) (n int) {
	for _, f := range h {
		if f.name == name {
			n++
		}
	}
	return n
}

// readHeader reads a header up to its blank line and gives what follows. It
// never gives up: a line that is no field is passed over if another field
// follows it, and begins the body if not. The error says that a cap was hit;
// the fields read until then are good.
func readHeader(raw []byte) (header, []byte, error) {
	var h header
	var value strings.Builder
	end := func() {
		if len(h) > 0 && value.Len() > 0 {
			h[len(h)-1].value = strings.TrimSpace(value.String())
		}
		value.Reset()
	}
	defer end()
	rest := raw
	for lines := 0; len(rest) > 0; lines++ {
		line, next := cutLine(rest)
		if lines >= maxHeaderLines || len(raw)-len(next) > maxHeaderBytes {
			end()
			return h, rest, errHeaderSize
		}
		name, val, ok := cutField(line)
		switch {
		case len(line) == 0:
			end()
			return h, next, nil
		case ok:
			end()
			h = append(h, field{name: name})
			value.Write(val)
		case line[0] == ' ' || line[0] == '\t':
			value.WriteByte(' ')
			value.Write(bytes.TrimSpace(line))
		case lines == 0 && bytes.HasPrefix(line, []byte("From ")): // an mbox file's envelope
		default:
			following, _ := cutLine(next)
			if _, _, ok := cutField(following); !ok || len(h) == 0 {
				end()
				return h, rest, nil
			}
		}
		rest = next
	}
	end()
	return h, nil, nil
}

// cutLine takes the first line without its end: CRLF, LF or a bare CR before LF.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimRight(b, "\r"), nil
	}
	return bytes.TrimRight(b[:i], "\r"), b[i+1:]
}

func cutField(line []byte) (name string, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 200 {
		return "", nil, false
	}
	n := bytes.TrimRight(line[:i], " \t")
	if len(n) == 0 {
		return "", nil, false
	}
	for _, c := range n {
		if c <= ' ' || c >= 0x7f {
			return "", nil, false
		}
	}
	return strings.ToLower(string(n)), line[i+1:], true
}

// part is one node of a mail. Its body is a piece of the mail's own bytes,
// still in its transfer encoding.
type part struct {
	header      header
	typ         string // media type in lower case; text/plain where none is given
	params      map[string]string
	disposition string
	file        string // the file name as written, decoded
	body        []byte
	children    []*part
}

// readPart takes a mail, or a piece of one, apart. Each level of nesting looks
// through its bytes once, so that time grows with size times depth and no more.
func readPart(raw []byte) (*part, error) {
	if i := bytes.IndexFunc(raw, func(r rune) bool { return r != '\r' && r != '\n' }); i > 0 {
		raw = raw[i:]
	}
	h, body, err := readHeader(raw)
	if err != nil {
		return &part{header: h, typ: "text/plain", body: body}, err
	}
	parts := 0
	root := newPart(h, body, "text/plain")
	return root, root.open(0, &parts)
}

func newPart(h header, body []byte, def string) *part {
	p := &part{header: h, body: body}
	p.typ, p.params = parseMedia(h.get("content-type"))
	if p.typ == "" {
		p.typ = def
	}
	var dparams map[string]string
	p.disposition, dparams = parseMedia(h.get("content-disposition"))
	if p.file = dparams["filename"]; p.file == "" {
		p.file = p.params["name"]
	}
	return p
}

func (p *part) open(depth int, parts *int) error {
	if *parts++; *parts > maxParts {
		return errParts
	}
	boundary := p.params["boundary"]
	if !strings.HasPrefix(p.typ, "multipart/") || boundary == "" {
		return nil
	}
	if depth >= maxDepth {
		return errDepth
	}
	pieces, err := splitParts(p.body, boundary, maxParts-*parts)
	if err != nil {
		return err
	}
	def := "text/plain"
	if p.typ == "multipart/digest" {
		def = "message/rfc822"
	}
	for _, piece := range pieces {
		h, body, err := readHeader(piece)
		if err != nil {
			return err
		}
		child := newPart(h, body, def)
		p.children = append(p.children, child)
		if err := child.open(depth+1, parts); err != nil {
			return err
		}
	}
	return nil
}

// splitParts cuts a multipart body at its boundary lines. Without a closing
// one the last part ends with the body.
func splitParts(body []byte, boundary string, limit int) ([][]byte, error) {
	var pieces [][]byte
	mark := []byte("--" + boundary)
	start := -1
	for at := 0; at < len(body); {
		i := bytes.Index(body[at:], mark)
		if i < 0 {
			break
		}
		i += at
		at = i + len(mark)
		if i > 0 && body[i-1] != '\n' || at < len(body) && !endsMark(body[at]) {
			continue
		}
		line, rest := cutLine(body[at:])
		tail := bytes.TrimRight(line, " \t")
		closing := bytes.HasPrefix(tail, []byte("--"))
		if len(tail) > 0 && !closing {
			continue
		}
		if start >= 0 {
			if len(pieces) >= limit {
				return nil, errParts
			}
			pieces = append(pieces, trimEnd(body[start:i]))
		}
		at, start = len(body)-len(rest), len(body)-len(rest)
		if closing {
			return pieces, nil
		}
	}
	if start >= 0 && start < len(body) {
		pieces = append(pieces, body[start:])
	}
	return pieces, nil
}

// endsMark reports whether c may follow a boundary. It spares a look at the
// whole line, of which a hostile mail has millions.
func endsMark(c byte) bool { return c == '\r' || c == '\n' || c == '-' || c == ' ' || c == '\t' }

// trimEnd takes away the line end that belongs to the boundary.
func trimEnd(b []byte) []byte {
	b, _ = bytes.CutSuffix(b, []byte("\n"))
	b, _ = bytes.CutSuffix(b, []byte("\r"))
	return b
}

// leaves lists the parts that are no multipart, in order.
func (p *part) leaves() []*part {
	if len(p.children) == 0 {
		return []*part{p}
	}
	var out []*part
	for _, c := range p.children {
		out = append(out, c.leaves()...)
	}
	return out
}
