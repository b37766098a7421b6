package phrase

import "strings"

// cardinalNumber takes digits, or words such as "twenty-five" and "двадцать
// пять".
func (p *parser) cardinalNumber() (int, bool) {
	if p.done() {
		return 0, false
	}
	if n, ok := p.tokens[p.at].number(); ok {
		p.at++
		return n, true
	}
	tens, ok := p.class(cardinal)
	if ok && tens >= 20 {
		var ones int
		if p.try(func() bool {
			p.is("-")
			ones, ok = p.class(cardinal)
			return ok && ones > 0 && ones < 10
		}) {
			return tens + ones, true
		}
		return tens, true
	}
	return tens, ok
}

// ordinalNumber takes "24th", "24-го", or words such as "twenty-fourth" and
// "двадцать четвёртого".
func (p *parser) ordinalNumber() (n int, ok bool) {
	ok = p.try(func() bool {
		if p.done() {
			return false
		}
		if n, ok = p.tokens[p.at].number(); ok {
			p.at++
			return n < 100 && p.ordinalSuffix()
		}
		if n, ok = p.class(ordinal); ok {
			return true
		}
		tens, ok := p.class(cardinal)
		if !ok || tens < 20 {
			return false
		}
		p.is("-")
		n, ok = p.class(ordinal)
		n += tens
		return ok && n < tens+10
	})
	return n, ok
}

// ordinalSuffix takes what is written right after the digits of an ordinal.
func (p *parser) ordinalSuffix() bool {
	return p.try(func() bool {
		if !p.glued() {
			return false
		}
		if p.is("st", "nd", "rd", "th") {
			return true
		}
		p.is("-")
		return p.glued() && p.is("е", "ое", "го", "ого", "му", "ому", "й", "ый", "ий", "я", "ая", "ю", "ую")
	})
}

// fraction is a number that may be part of a whole.
type fraction struct{ over, under int }

// quantity takes a number, a decimal or a fraction.
func (p *parser) quantity() (f fraction, ok bool) {
	if p.done() {
		return fraction{}, false
	}
	t := p.tokens[p.at]
	numbers, mark := t.parts()
	switch {
	case len(numbers) == 2 && (mark == '.' || mark == ','):
		_, decimals, _ := strings.Cut(strings.ReplaceAll(t.text, ",", "."), ".")
		if len(decimals) > 3 {
			return fraction{}, false
		}
		f = fraction{numbers[0], 1}
		for range decimals {
			f.over, f.under = f.over*10, f.under*10
		}
		f.over += numbers[1]
		p.at++
		return f, true
	case len(numbers) == 2 && mark == '/' && numbers[1] > 0:
		p.at++
		return fraction{numbers[0], numbers[1]}, true
	case p.is("полтора", "полторы"):
		return fraction{3, 2}, true
	}
	n, ok := p.cardinalNumber()
	if ok && (p.all("and", "a", "half") || p.all("and", "an", "half") || p.all("с", "половиной")) {
		return fraction{2*n + 1, 2}, true
	}
	return fraction{n, 1}, ok
}
