package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"meridian/bot"
	"meridian/bot/calendar"
)

const (
	maxClientFile  = 16 << 20 // bytes
	maxClientName  = 120      // characters
	maxClientNotes = 4000     // bytes
	maxProblems    = 20       // of one file, that are named
)

// clientColumns are the columns of a file of clients, each with the names that
// its head may have.
func clientColumns() map[string][]string {
	return map[string][]string{
		"name":     {"name", "company", "client", "customer", "название", "имя", "компания", "клиент", "организация"},
		"tier":     {"tier", "level", "plan", "уровень", "тариф"},
		"timezone": {"timezone", "time zone", "zone", "tz", "часовой пояс", "пояс", "зона"},
		"domains":  {"domains", "domain", "mail domains", "email domains", "домены", "домен", "домены почты"},
		"sites":    {"sites", "site", "website", "websites", "сайты", "сайт"},
		"notes":    {"notes", "note", "comment", "comments", "заметки", "заметка", "примечание", "примечания", "комментарий"},
	}
}

// clientRow is a line of a file of clients. Columns that the file has not, and
// empty cells, say nothing.
type clientRow struct {
	line   int
	client bot.Client
}

// clientFile is a file of clients as it was read.
type clientFile struct {
	rows     []clientRow
	encoding string
	comma    rune
	left     []string // heads of columns that are not ours
}

// problems collects what is wrong with a file, by its lines.
type problems struct{ list []string }

func (p *problems) add(line int, format string, args ...any) {
	p.list = append(p.list, fmt.Sprintf("line %d: %s", line, fmt.Sprintf(format, args...)))
}

// err is nil, or names the first problems.
func (p *problems) err() error {
	switch n := len(p.list); {
	case n == 0:
		return nil
	case n > maxProblems:
		return fmt.Errorf("%s\nand %d more", strings.Join(p.list[:maxProblems], "\n"), n-maxProblems)
	}
	return errors.New(strings.Join(p.list, "\n"))
}

// readClients reads a CSV file of clients, whatever program wrote it.
func readClients(raw []byte) (clientFile, error) {
	text, name, err := decodeText(raw)
	if err != nil {
		return clientFile{}, err
	}
	f := clientFile{encoding: name}
	skipped := 0
	if rest, comma, ok := separatorLine(text); ok {
		text, f.comma, skipped = rest, comma, 1
	} else {
		f.comma = separatorOf(text)
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord = f.comma, -1
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return f, errors.New("there is nothing in it; its first line names the columns: name, tier, timezone, domains, sites, notes")
	}
	if err != nil {
		return f, csvError(err, skipped)
	}
	columns, err := f.columns(head, skipped)
	if err != nil {
		return f, err
	}
	var p problems
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return f, p.err()
		}
		if err != nil {
			p.list = append(p.list, csvError(err, skipped).Error())
			return f, p.err()
		}
		line, _ := in.FieldPos(0)
		f.row(&p, line+skipped, head, columns, cells)
	}
}

// csvError says on which line a file is no CSV.
func csvError(err error, skipped int) error {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return err
	}
	why := at.Err.Error()
	if errors.Is(at.Err, csv.ErrQuote) || errors.Is(at.Err, csv.ErrBareQuote) {
		why = `a quote stands where none may; within quotes it is written twice: ""`
	}
	return fmt.Errorf("line %d: %s", at.StartLine+skipped, why)
}

// columns finds out which cell is what.
func (f *clientFile) columns(head []string, skipped int) ([]string, error) {
	columns := make([]string, len(head))
	for i, h := range head {
		key := columnOf(h)
		if key == "" {
			if h = strings.TrimSpace(h); h != "" {
				f.left = append(f.left, h)
			}
			continue
		}
		if slices.Contains(columns, key) {
			return nil, fmt.Errorf("line %d: two columns are the %s", 1+skipped, key)
		}
		columns[i] = key
	}
	if !slices.Contains(columns, "name") {
		return nil, fmt.Errorf("line %d: no column is called name; the first line names the columns: name, tier, timezone, domains, sites, notes", 1+skipped)
	}
	return columns, nil
}

func columnOf(head string) string {
	head = strings.ToLower(strings.Join(strings.FieldsFunc(head, func(c rune) bool { return unicode.IsSpace(c) || c == '_' || c == '-' }), " "))
	for key, names := range clientColumns() {
		if slices.Contains(names, head) {
			return key
		}
	}
	return ""
}

// row reads one line.
func (f *clientFile) row(p *problems, line int, head, columns, cells []string) {
	if len(cells) > len(head) && strings.Join(cells[len(head):], "") != "" {
		p.add(line, "it has %d cells, the first line %d; a cell with %q in it stands in quotes", len(cells), len(head), string(f.comma))
		return
	}
	row, empty := clientRow{line: line}, true
	for i, key := range columns {
		if i >= len(cells) || strings.TrimSpace(cells[i]) == "" {
			continue
		}
		empty = false
		if why := row.set(key, strings.TrimSpace(cells[i])); why != "" {
			p.add(line, "%s", why)
			return
		}
	}
	switch {
	case empty:
	case row.client.Name == "":
		p.add(line, "the name is missing")
	default:
		f.rows = append(f.rows, row)
	}
}

// set takes one cell; why says what is wrong with it.
func (r *clientRow) set(key, cell string) (why string) {
	switch key {
	case "name":
		if utf8.RuneCountInString(cell) > maxClientName || strings.ContainsFunc(cell, unicode.IsControl) {
			return fmt.Sprintf("the name must be one line of at most %d characters", maxClientName)
		}
		r.client.Name = cell
	case "tier":
		if utf8.RuneCountInString(cell) > maxClientName || strings.ContainsFunc(cell, unicode.IsControl) {
			return fmt.Sprintf("the tier must be one line of at most %d characters", maxClientName)
		}
		r.client.Tier = cell
	case "timezone":
		zone, err := calendar.Zone(cell)
		if err != nil {
			return "the timezone is wrong: " + err.Error()
		}
		r.client.Zone = zone
	case "domains":
		for _, d := range listIn(cell) {
			d = strings.TrimPrefix(d, "@")
			if !isHost(d) {
				return fmt.Sprintf("%q is no domain of mail addresses, such as harbor.example", d)
			}
			if bot.IsPublicDomain(d) {
				return fmt.Sprintf("%s is a mailbox for everybody, not a company's domain", d)
			}
			if !slices.Contains(r.client.Domains, d) {
				r.client.Domains = append(r.client.Domains, d)
			}
		}
	case "sites":
		for _, s := range listIn(cell) {
			_, host, found := strings.Cut(s, "://")
			if !found {
				host = s
			}
			host, _, _ = strings.Cut(host, "/")
			if !isHost(host) {
				return fmt.Sprintf("%q is no name of a host, such as shop.harbor.example", s)
			}
			if !slices.Contains(r.client.Sites, host) {
				r.client.Sites = append(r.client.Sites, host)
			}
		}
	case "notes":
		if len(cell) > maxClientNotes {
			return fmt.Sprintf("the notes must be at most %d bytes", maxClientNotes)
		}
		r.client.Notes = cell
	}
	return ""
}

// listIn splits a cell with several words in it.
func listIn(cell string) []string {
	return strings.FieldsFunc(strings.ToLower(cell), func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == ';' || c == '|' })
}

func isHost(s string) bool {
	labels := strings.Split(s, ".")
	return len(labels) > 1 && len(s) < 254 && !slices.ContainsFunc(labels, func(l string) bool {
		return l == "" || len(l) > 63 || strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-") ||
			strings.ContainsFunc(l, func(c rune) bool { return c != '-' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	})
}
