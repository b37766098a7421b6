package commands

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"meridian/bot"
)

// signInPath is where the web desk takes a link to sign in.
const signInPath = "/in"

// board sends a person the way to the web desk: a link that works once, within
// ten minutes, in a direct message.
func board() bot.Command {
	return bot.Command{
		Name: "board", Words: words([]string{"web"}, []string{"доска"}), Slash: "desk", Action: bot.ActPrefer, Usage: "usage.board", Help: "help.board",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			base, who := tx.Settings().PublicURL, e.Call.Person
			if base == "" {
				return bot.Refuse("refuse.no_board", "Usage", bot.Code("http.public_url"))
			}
			p, err := tx.Preference(who.ID)
			if err != nil {
				return err
			}
			link := base + signInPath + "?" + url.Values{"t": {bot.Token(who.ID, p.Invite(tx.Now()))}}.Encode()
			if err := tx.SavePreference(who.ID, p); err != nil {
				return err
			}
			t := bot.Say("told.board", "Link", bot.Link(link, strings.TrimPrefix(strings.TrimPrefix(base, "https://"), "http://")))
			d := bot.Delivery{Key: fmt.Sprintf("board:%d:%s", e.ID, e.Key), Until: tx.Now().Add(bot.SignInTime)}
			return bot.DirectAt(tx, d, who, bot.MessageOf(t))
		}},
	}
}

// signIn lets a browser in that brought a link's secret. The web desk has looked
// at the secret before: whoever comes with a wrong one is told nothing here.
func signIn() bot.Command {
	return bot.Command{
		Name: "signin", Action: bot.ActPrefer, Usage: "signin",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			b, submitted := e.Body.(bot.Submitted)
			if !submitted {
				return bot.ErrPass
			}
			p, err := tx.Preference(e.Call.Person.ID)
			if err != nil || !p.Admit(b.Fields["secret"], b.Fields["session"], tx.Now()) {
				return err
			}
			return tx.SavePreference(e.Call.Person.ID, p)
		}},
	}
}
