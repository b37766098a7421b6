// Meridian is a help desk that lives in a team's messenger.
package main

func main() {}
