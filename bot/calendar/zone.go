package calendar

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // so that a machine without a zone database knows the same zones
)

// zoneNames are the names of the IANA database as of the Go release this was
// built with, one a line.
//
//go:embed zones.txt
var zoneNames string

// Zones are the names of the IANA database, aliases included, in order.
func Zones() []string { return strings.Fields(zoneNames) }

// vague are names that the database knows for the sake of old machines, or that
// people write for a zone, with the place that is most likely meant. They do
// not say where, and those with a fixed offset are wrong for half of the year.
func vague(name string) (place string, ok bool) {
	place, ok = map[string]string{
		"EST": "America/New_York", "EDT": "America/New_York", "EST5EDT": "America/New_York",
		"CST": "America/Chicago", "CDT": "America/Chicago", "CST6CDT": "America/Chicago",
		"MST": "America/Denver", "MDT": "America/Denver", "MST7MDT": "America/Denver",
		"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "PST8PDT": "America/Los_Angeles",
		"BST": "Europe/London", "MSK": "Europe/Moscow", "CEST": "Europe/Berlin", "EEST": "Europe/Athens",
		"IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
	}[strings.ToUpper(name)]
	return place, ok
}

// Zone finds a zone by its name in the IANA database, such as "Europe/Minsk",
// an alias such as "Europe/Kiev", or "UTC". Abbreviations such as "EST",
// offsets such as "UTC+3", paths, "Local" and the empty name are refused with a
// suggestion. The error is always an *Error.
func Zone(name string) (*time.Location, error) {
	if name == "" {
		return nil, &Error{Code: ZoneEmpty}
	}
	if len(name) > 64 {
		return nil, &Error{Code: ZoneUnknown, Arg: short(name)}
	}
	if place, ok := vague(name); ok {
		return nil, &Error{Code: ZoneVague, Arg: short(name), Near: []string{place}}
	}
	// Factory is what the database calls a clock that nobody has set.
	all := slices.DeleteFunc(Zones(), func(zone string) bool { return zone == "Factory" })
	if !slices.Contains(all, name) && !inKnownArea(all, name) {
		return nil, unknownZone(all, name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, unknownZone(all, name)
	}
	return zone, nil
}

// inKnownArea allows for zones that are younger than the embedded names, in the
// same areas. Go refuses names that leave the database's folder.
func inKnownArea(all []string, name string) bool {
	area, _, ok := strings.Cut(name, "/")
	return ok && slices.ContainsFunc(all, func(known string) bool { return strings.HasPrefix(known, area+"/") })
}

func unknownZone(all []string, name string) *Error {
	return &Error{Code: ZoneUnknown, Arg: short(name), Near: near(all, name)}
}

// near finds at most three zones that may have been meant: a place at the
// offset, the same name in other letters, the same city, or a slip or two.
func near(all []string, name string) []string {
	if place := atOffset(name); place != "" {
		return []string{place}
	}
	wanted := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
	type found struct {
		zone     string
		distance int
	}
	var best []found
	for _, zone := range all {
		full := strings.NewReplacer("-", "_").Replace(strings.ToLower(zone))
		city := full[strings.LastIndexByte(full, '/')+1:]
		d := min(distance(wanted, full), distance(wanted[strings.LastIndexByte(wanted, '/')+1:], city))
		if d <= 2 && 3*d < len(city) {
			best = append(best, found{zone, d})
		}
	}
	slices.SortStableFunc(best, func(a, b found) int { return a.distance - b.distance })
	var names []string
	for _, f := range best {
		if f.distance == best[0].distance && len(names) < 3 {
			names = append(names, f.zone)
		}
	}
	return names
}

// atOffset names a place for "UTC+3", "GMT-05:00" or "+03:00".
func atOffset(name string) string {
	number := strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(name), "UTC"), "GMT")
	number = strings.TrimSuffix(strings.TrimSuffix(number, "00"), ":")
	if number == "" || !strings.ContainsAny(number[:1], "+-") {
		return ""
	}
	hours, err := strconv.Atoi(number)
	if err != nil {
		return ""
	}
	return map[int]string{
		-10: "Pacific/Honolulu", -9: "America/Anchorage", -8: "America/Los_Angeles", -7: "America/Denver",
		-6: "America/Chicago", -5: "America/New_York", -4: "America/Halifax", -3: "America/Sao_Paulo",
		0: "UTC", 1: "Europe/Berlin", 2: "Europe/Athens", 3: "Europe/Moscow", 4: "Asia/Dubai",
		5: "Asia/Tashkent", 6: "Asia/Almaty", 7: "Asia/Novosibirsk", 8: "Asia/Shanghai", 9: "Asia/Tokyo",
		10: "Australia/Brisbane", 11: "Asia/Magadan", 12: "Pacific/Auckland",
	}[hours]
}

// distance counts the letters to add, drop or change to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
