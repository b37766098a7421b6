package search

import "testing"

// A team begins with a handful of articles: questions must find them then too.
func TestAHandfulOfArticlesIsFoundAsSurelyAsHundreds(t *testing.T) {
	sender := Doc{ID: "sender", Title: "Change the sender address of order mails", Body: "Shop settings, Mail, Sender. Enter the address and press Verify."}
	spam := Doc{ID: "spam", Title: "Why order mails land in spam", Body: "Add the DNS record to the domain, then wait for a day."}
	for _, docs := range [][]Doc{{sender}, {sender, spam}} {
		hits := New(docs).Search("How do I change the sender address of order mails?", 2)
		if len(hits) == 0 || hits[0].ID != "sender" || hits[0].Score < 0.45 {
			t.Errorf("of %d articles: %v", len(docs), hits)
		}
		if hits := New(docs).Search("close my account please", 1); len(hits) > 0 && hits[0].Score > 0.1 {
			t.Errorf("of %d articles another question finds %v", len(docs), hits)
		}
	}
}
