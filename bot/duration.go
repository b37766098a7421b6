package bot

import (
	"fmt"
	"time"
)

// Length is a length of time in the language of the text: "41 min", "2 h 5
// min", "3 d 4 h".
func Length(d time.Duration) Part {
	d = max(d, 0).Round(time.Minute)
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0 && hours == 0:
		return Words("length.d", "Number", days)
	case days > 0:
		return Words("length.d_h", "Number", days, "Other", hours)
	case hours > 0 && minutes == 0:
		return Words("length.h", "Number", hours)
	case hours > 0:
		return Words("length.h_min", "Number", hours, "Other", minutes)
	}
	return Words("length.min", "Number", max(minutes, 1))
}

// Duration writes a length of time briefly: "41 min", "2 h 5 min", "1 h", "3 d 4 h".
// Units are the international ones, the same in both languages.
func Duration(d time.Duration) string {
	d = max(d, 0).Round(time.Minute)
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0 && hours == 0:
		return fmt.Sprintf("%d d", days)
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0 && minutes == 0:
		return fmt.Sprintf("%d h", hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case minutes == 0:
		return "1 min"
	}
	return fmt.Sprintf("%d min", minutes)
}
