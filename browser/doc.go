// Package browser holds the tests that use the desk as people do: the built
// program on a store of its own, and Chromium in front of it. They also take
// the screenshots, among them the picture in docs.
//
//	go test ./browser                                          all of it
//	go test ./browser -run FirstMinute -picture ../docs/desk.png   the picture anew
//
// Screenshots go to tmp/screenshots, or to the folder that
// MERIDIAN_SCREENSHOTS names.
package browser
