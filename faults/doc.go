// Package faults holds the built program to its first promise from outside: it
// is killed, paused and told to end at random moments under load by web, mail
// and webhook, and in the end everything it acknowledged has happened, and has
// happened once. All of it is tests; see the Makefile for the long version.
//
// What is acknowledged is written down by the tests themselves; effects are
// read where people see them: the messages of the web desk, and the mails that
// a mail server of the tests has taken.
package faults
