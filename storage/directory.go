package storage

import (
	"meridian/bot"
)

// Contact implements bot.DirectoryView.
func (v *view) Contact(id string) (bot.Contact, error) { return bot.Contact{}, bot.ErrNotFound }

// Contacts implements bot.DirectoryView.
func (v *view) Contacts(client string, limit int) ([]bot.Contact, error) { return nil, nil }

// FindContacts implements bot.DirectoryView.
func (v *view) FindContacts(text string, limit int) ([]bot.Contact, error) { return nil, nil }

// FindRequests implements bot.SearchView.
func (v *view) FindRequests(q bot.FindQuery) ([]bot.Request, error) { return nil, nil }

// SaveClient implements bot.DirectoryTx.
func (t *tx) SaveClient(c bot.Client) error { return nil }

// DropClient implements bot.DirectoryTx.
func (t *tx) DropClient(name string) error { return nil }

// SaveContact implements bot.DirectoryTx.
func (t *tx) SaveContact(c bot.Contact) error { return nil }
