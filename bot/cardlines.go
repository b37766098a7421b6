package bot

import (
	"strings"
	"time"
	"unicode/utf8"

	"meridian/bot/say"
)

// cardWhose is whose request it is, what their clock says at the last word, and
// how it came; of one that is under way, what matters more than that.
func cardWhose(s *Settings, r Request) []Part {
	zone := s.ClientZone(r)
	var whose []Part
	if c, known := s.ClientNamed(r.Client); known && c.Tier != "" {
		whose = []Part{Quote(c.Name + " (" + c.Tier + ")")}
	} else if r.Client != "" {
		whose = []Part{Quote(r.Client)}
	}
	if zone != nil && !r.Ended() {
		if len(whose) > 0 {
			whose = append(whose, Quote(", "))
		}
		whose = append(whose, s.CityOf(zone), Quote(" "), ClockIn(r.UpdatedAt, zone, say.Clock))
	}
	switch {
	case r.State == Solved:
		return between(whose, took(r))
	case r.WaitsForClient():
		if starts, asleep := s.clientStarts(r); asleep && len(whose) > 0 {
			return append(whose, Quote(", "), Words("card.day_starts", "Duration", Length(starts.Sub(r.UpdatedAt))))
		}
		return between(whose, cardOrigin(s, r))
	case wasBack(r):
		return between(whose, returned(s, r))
	case r.Level > 1 && r.State == Open:
		return between(whose, []Part{Words("card.old", "Duration", Length(r.UpdatedAt.Sub(r.CreatedAt)))})
	}
	return between(whose, cardOrigin(s, r))
}

// cardOrigin is how a request came, and from whom.
func cardOrigin(s *Settings, r Request) []Part {
	requester := Part{Kind: PartPerson, Person: r.Requester, Text: r.Name}
	place := r.Home.Channel
	c, configured := s.Channel(r.Home)
	if configured {
		place = "#" + c.Name
	}
	var line []Part
	switch {
	case r.Source == "email":
		line = []Part{Words("card.by_mail", "Person", requester)}
	case r.Home.IsDirect() && !configured:
		line = []Part{Words("card.by_direct", "Person", requester)}
	default:
		line = []Part{Words("card.by_chat", "Person", requester, "Place", Quote(place))}
	}
	if r.Original() != "" {
		line = append(line, Quote(", "), Words("card.forwarded", "Original", s.originalWords(r)))
	} else if r.Passed != nil {
		line = append(line, Quote(", "), Words("card.passed"))
	}
	if was := r.Was.String(); was != "" {
		line = append(line, Quote(" · "), Words("card.was", "Other", Quote(was)))
	}
	return line
}

// took is how long a solved request took, and how long the first answer.
func took(r Request) []Part {
	id := "card.took_chat"
	if r.Source == "email" {
		id = "card.took_mail"
	}
	line := []Part{Words(id, "Duration", Length(r.SolvedAt.Sub(r.CreatedAt)))}
	if !r.AnsweredAt.IsZero() && !r.AnsweredAt.After(r.SolvedAt) {
		line = append(line, Quote(", "), Words("card.first_after", "Duration", Length(r.AnsweredAt.Sub(r.CreatedAt))))
	}
	return line
}

// returned is the story so far of a request that came back.
func returned(s *Settings, r Request) []Part {
	zone := s.ClientZone(r)
	if zone == nil {
		zone = s.ZoneOf(Person{})
	}
	line := []Part{Words("card.filed", "When", ClockIn(r.CreatedAt, zone, far(r.CreatedAt, r.UpdatedAt, zone))),
		Quote(", "), Words("card.solved_times", "Count", r.Returns)}
	if r.Class != Standard && r.Class != "" {
		line = append(line, Quote(", "), Words("card.class_kept", "What", ClassWords(r.Class)))
	}
	return line
}

// far is the style of an instant in the past: its day, unless it is today.
func far(t, now time.Time, zone *time.Location) say.Style {
	if style := near(t, now, zone); style != say.Clock || t.In(zone).Day() == now.In(zone).Day() {
		return style
	}
	return say.DayClock
}

// cardWords are the words that count in the state: the first message, what was
// asked, what is needed, what was wrong, or what came back.
func cardWords(s *Settings, r Request) []Part {
	switch {
	case r.State == Closed, r.State == Solved && r.Confirmed:
		return nil
	case r.State == Solved:
		if r.Outcome == "" {
			return nil
		}
		return []Part{Words("card.outcome", "Words", oneLine(r.Outcome))}
	case (r.WaitsForClient() || r.Silence != nil) && r.Asked != "":
		return []Part{Words("card.asked", "Words", oneLine(r.Asked))}
	case wasBack(r) && r.BackWords != "":
		return []Part{BlockQuote(cardCut(r.BackWords))}
	case r.Level > 1 && (r.Needed != "" || r.Tried != ""):
		return neededWords(s, r)
	}
	if w := cardCut(r.Words); w != "" && w != r.Title {
		return []Part{BlockQuote(w)}
	}
	return nil
}

// neededWords are what the next level is wanted to do, and what was tried. Where
// nobody said what is needed, it is what the client wrote.
func neededWords(s *Settings, r Request) (line []Part) {
	switch w := cardCut(r.Words); {
	case r.Needed != "":
		line = []Part{Words("card.needed", "Words", clause(r.Needed), "Person", nameOf(s, r.NeededBy)), Quote(" ")}
	case w != "" && w != r.Title:
		line = []Part{BlockQuote(w), Break()}
	}
	if r.Tried == "" {
		return line[:max(0, len(line)-1)]
	}
	return append(line, Words("card.tried", "Words", clause(r.Tried)))
}

// oneLine is what somebody wrote, as it can stand within a sentence.
func oneLine(s string) string { return shorten(strings.Join(strings.Fields(s), " "), maxCardWords) }

// clause is what somebody wrote, as it can stand before a full stop.
func clause(s string) string { return strings.TrimRight(oneLine(s), ".;, ") }

// cardCut cuts the words of a request to what a card can hold.
func cardCut(s string) string {
	s = strings.TrimSpace(s)
	lines := strings.SplitN(s, "\n", 5)
	cut := len(lines) > 4
	if cut {
		lines = lines[:4]
	}
	s = strings.Join(lines, "\n")
	if utf8.RuneCountInString(s) > maxCardWords {
		return shorten(s, maxCardWords)
	}
	if cut {
		s += " …"
	}
	return s
}

// cardClues are what was found beside the words, as long as somebody reads the
// request for the first time.
func cardClues(s *Settings, r Request) []Part {
	c := r.Clues
	if c == nil || r.State != New && r.State != Open || r.Level > 1 || wasBack(r) || r.Silence != nil {
		return nil
	}
	var groups [][]Part
	if c.Site != "" {
		groups = append(groups, []Part{Quote(c.Site)})
	}
	if c.Files > 0 {
		groups = append(groups, []Part{Words("card.files", "Count", c.Files)})
	}
	groups = append(groups, similarWords(s, r))
	if r.LinkedTo != 0 {
		groups = append(groups, []Part{Words("card.continues", "Request", numberPart(r.LinkedTo))})
	}
	if c.Names != 0 {
		groups = append(groups, []Part{Words("card.names", "Request", numberPart(c.Names))})
	}
	switch {
	case len(c.Firing) > 0:
		groups = append(groups, []Part{Words("card.firing", "Alert", shorten(strings.Join(c.Firing, ", "), 120))})
	case r.State == New && c.Site != "" && len(s.Hooks) > 0:
		groups = append(groups, []Part{Words("card.firing_nothing")})
	}
	return between(groups...)
}

// similarWords name the solved requests about the same. When they were solved
// is for who sees the request for the first time.
func similarWords(s *Settings, r Request) (line []Part) {
	for i, like := range r.Clues.Similar {
		part := numberPart(like.Number)
		if r.State == New {
			part = Words("card.solved_in", "Request", part, "When", monthOf(like.SolvedAt, r.CreatedAt, s.ZoneOf(Person{})))
		}
		if i == 0 {
			part = Words("card.similar", "Request", part)
		} else {
			line = append(line, Quote(", "))
		}
		line = append(line, part)
	}
	return line
}

// monthOf is a month of the past, with the year if it was another.
func monthOf(t, now time.Time, zone *time.Location) Part {
	if now.Sub(t) > 300*24*time.Hour {
		return ClockIn(t, zone, say.InYear)
	}
	return ClockIn(t, zone, say.InMonth)
}

// cardFolded counts the mails that were too many to be requests.
func cardFolded(r Request) []Part {
	if r.Folded == 0 {
		return nil
	}
	return []Part{Words("card.folded", "Count", r.Folded)}
}

// cardAnswering says who writes to the client at this moment.
func cardAnswering(s *Settings, r Request) []Part {
	who := r.AnsweringAt(r.UpdatedAt)
	if who == "" {
		return nil
	}
	return []Part{Words("card.answering", "Person", nameOf(s, who))}
}
