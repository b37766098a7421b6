package bot

// TitleOfText is the first line of a message, cut at 120 characters.
func TitleOfText(s string) string { return shorten(s, 120) }
