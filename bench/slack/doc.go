// Package slackbench measures the whole program as an app of Slack beside
// programs that others build apps with, in one run: Bolt for JavaScript over
// signed HTTP, which stores nothing, and slack-go over Socket Mode, which only
// acknowledges. `make bench-slack` runs it.
package slackbench
