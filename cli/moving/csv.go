package moving

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"meridian/bot"
)

// columns are the names of a table's columns, in lower case and without
// anything but letters, by what they hold.
func columns() map[string][]string {
	return map[string][]string{
		"number":    {"number", "id", "ticket", "ticketid", "ticketnumber", "key", "номер"},
		"title":     {"title", "subject", "summary", "тема", "заголовок"},
		"text":      {"text", "description", "body", "message", "comment", "текст", "описание", "сообщение"},
		"status":    {"status", "state", "статус", "состояние"},
		"requester": {"requester", "from", "customer", "reporter", "contact", "заявитель", "клиент", "автор"},
		"address":   {"requesteremail", "email", "emailaddress", "fromemail", "customeremail", "contactemail", "reporteremail", "почта", "емейл"},
		"name":      {"name", "fullname", "requestername", "customername", "contactname", "имя"},
		"company":   {"company", "companyname", "client", "organization", "organisation", "account", "accountname", "компания", "организация"},
		"owner":     {"owner", "assignee", "agent", "agentname", "assignedto", "agentassigned", "responder", "исполнитель", "ответственный"},
		"created":   {"created", "createdat", "createddate", "createdtime", "datecreated", "opened", "date", "создана", "создано", "дата"},
		"updated":   {"updated", "updatedat", "lastupdated", "lastupdatetime", "modified", "обновлена", "обновлено"},
		"until":     {"until", "pendinguntil", "pendingtime", "pausedtill", "pauseduntil", "snoozeduntil", "onholduntil", "remindat", "отложенадо", "отложенодо", "до"},
		"priority":  {"priority", "class", "приоритет"},
		"group":     {"group", "queue", "team", "группа", "очередь"},
		"tags":      {"tags", "labels", "метки", "теги"},
		"message":   {"messageid"},
	}
}

// readCSV reads a table with a line of names. A number that comes again adds a
// message to the request: the columns of the request count in its first line.
func readCSV(file string) (*Desk, error) {
	raw, err := bounded(file)
	if err != nil {
		return nil, err
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("%s is not written in UTF-8: save it as CSV UTF-8", file)
	}
	in := csv.NewReader(bytes.NewReader(raw))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes = separator(raw), -1, true
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, errDamaged)
	}
	at := placesOf(head)
	if _, ok := at["title"]; !ok {
		if _, ok = at["text"]; !ok {
			return nil, fmt.Errorf("%s: the first line must name the columns, among them title or text; there are: %s", file, strings.Join(head, ", "))
		}
	}
	t := table{at: at, byNumber: map[string]int{}}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return &Desk{Name: "CSV", Tickets: t.tickets}, nil
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, line, errDamaged)
		}
		if err := t.take(row); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, line, err)
		}
	}
}

// separator is what stands between the columns: what there is most of in the
// first line.
func separator(raw []byte) rune {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	best, most := ',', 0
	for _, c := range []rune{',', ';', '\t'} {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// placesOf finds the columns.
func placesOf(head []string) map[string]int {
	at := map[string]int{}
	for what, names := range columns() {
		for i, h := range head {
			plain := strings.Map(func(c rune) rune {
				if strings.ContainsRune(" _-./#", c) {
					return -1
				}
				return c
			}, strings.ToLower(strings.TrimSpace(h)))
			if _, found := at[what]; !found && slices.Contains(names, plain) {
				at[what] = i
			}
		}
	}
	return at
}

// table is a CSV under way.
type table struct {
	at       map[string]int
	tickets  []Ticket
	byNumber map[string]int
}

func (t *table) take(row []string) error {
	cell := func(what string) string {
		i, ok := t.at[what]
		if !ok || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	created, err := timeOf(cell("created"))
	if err != nil {
		return err
	}
	updated, err := timeOf(cell("updated"))
	if err != nil {
		return err
	}
	until, err := timeOf(cell("until"))
	if err != nil {
		return err
	}
	who := mailbox(cell("requester"))
	if address := mailbox(cell("address")).Address; address != "" {
		who.Address = address
	}
	if name := cell("name"); name != "" {
		who.Name = name
	}
	who.Company = cell("company")
	e := Entry{Author: who, Text: cell("text"), At: created, Message: cell("message")}
	number := strings.TrimPrefix(cell("number"), "#")
	if i, known := t.byNumber[number]; known && number != "" {
		e.Team = e.Author.Key() != t.tickets[i].Requester.Key()
		t.tickets[i].Entries = append(t.tickets[i].Entries, e)
		return nil
	}
	if number != "" {
		t.byNumber[number] = len(t.tickets)
	}
	status := strings.ToLower(cell("status"))
	var said []Entry // many tables have no column for what was said
	if e.Text != "" {
		said = []Entry{e}
	}
	t.tickets = append(t.tickets, Ticket{
		Number: number, Title: cell("title"), Status: status, State: csvState(status), Until: until, Class: csvClass(cell("priority")), Group: cell("group"),
		Requester: who, Owner: mailbox(cell("owner")), Tags: splitWords(cell("tags")), Created: created, Updated: updated, Entries: said,
	})
	return nil
}

func timeOf(s string) (t time.Time, err error) {
	if s == "" {
		return t, nil
	}
	t, ok := parseTime(s)
	if !ok {
		return t, fmt.Errorf("%q is no date, such as 2026-03-14 10:40", s)
	}
	return t, nil
}

func csvState(name string) bot.State {
	switch name {
	case "", "open", "in progress", "assigned", "открыта", "открыто", "открыт", "в работе":
		return bot.Open
	case "new", "новая", "новый", "новое":
		return bot.New
	case "waiting on customer", "awaiting customer", "ждём клиента", "ожидание клиента":
		return bot.Waiting
	case "paused", "snoozed", "on hold", "deferred", "отложена", "отложено", "отложен", "на паузе":
		return bot.Snoozed
	case "closed", "solved", "resolved", "done", "закрыта", "закрыто", "закрыт", "решена", "решено", "решён":
		return bot.Closed
	}
	return ""
}

func csvClass(priority string) bot.Class {
	switch strings.ToLower(priority) {
	case "urgent", "critical", "срочный", "критический":
		return bot.Expedite
	case "low", "низкий":
		return bot.Intangible
	}
	return ""
}
