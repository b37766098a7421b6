package bot

import (
	"fmt"
	"time"
)

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
