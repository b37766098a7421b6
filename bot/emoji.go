package bot

// EmojiPart shows an emoji by its short name: the sign itself for those the
// desk uses, ":name:" for others.
func EmojiPart(name string) Part {
	if sign, ok := emojiSign(name); ok {
		return Quote(sign)
	}
	return Quote(":" + name + ":")
}

func emojiSign(name string) (string, bool) {
	switch name {
	case "ticket":
		return "🎫", true
	case "eyes":
		return "👀", true
	case "rotating_light":
		return "🚨", true
	case "hourglass_flowing_sand":
		return "⏳", true
	case "white_check_mark":
		return "✅", true
	case "repeat":
		return "🔁", true
	case "zzz":
		return "💤", true
	case "bulb":
		return "💡", true
	case "bug":
		return "🐛", true
	case "books":
		return "📚", true
	case "outbox_tray":
		return "📤", true
	}
	return "", false
}
