package email

import "strings"

// unflow joins the lines that a program wrapped for the way (format=flowed): a
// line that ends in a blank goes on in the next one, if that is quoted as
// deeply. delsp says that the blank belongs to the wrapping too.
func unflow(s string, delsp bool) string {
	var out strings.Builder
	open, depth := false, 0
	for i, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		words := strings.TrimLeft(line, ">")
		marks := line[:len(line)-len(words)]
		words = strings.TrimPrefix(words, " ") // stuffed, so that nothing looks like a quote
		separator := words == "-- "
		if !open || len(marks) != depth || separator {
			if i > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(marks)
			if marks != "" && words != "" {
				out.WriteByte(' ')
			}
		}
		open, depth = strings.HasSuffix(words, " ") && !separator, len(marks)
		if open && delsp {
			words = words[:len(words)-1]
		}
		out.WriteString(words)
	}
	return out.String()
}
