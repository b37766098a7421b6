package browser

import (
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"meridian/adapters/slack/slacktest"
)

// slackFor is a workspace that stands in for Slack, for programs that begin
// after it.
func slackFor(t *testing.T) *slacktest.Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	s := slacktest.New(t, slacktest.Options{BotToken: "xoxb-1-good", AppToken: "xapp-1-good", Base: base})
	s.Cast()
	s.Leave(slacktest.BotUser, "C0DESK")
	server := httptest.NewUnstartedServer(s)
	_ = server.Listener.Close()
	server.Listener = l
	server.Start()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	t.Setenv("SLACK_API_URL", base+"/api/")
	return s
}

// lampsAre waits until the three lamps are in these states, such as "on off
// wait".
func (b *tab) lampsAre(states string) {
	b.t.Helper()
	b.until("the lamps are "+states, `[...document.querySelectorAll('[data-testid=lamp]')].map(e => e.dataset.state).join(' ') === `+quote(states))
}

// allSizes keeps pictures of the page as it is, on a desk and in a hand, by day
// and by night.
func (b *tab) allSizes(name string) {
	b.t.Helper()
	b.keep(name)
	b.size(1280, 800, true)
	b.keep(name + "-dark")
	b.size(390, 844, true)
	b.until("nothing is cut off", "[...document.querySelectorAll('main p, main li, main button')].every(e => e.scrollWidth <= e.clientWidth + 1) && document.documentElement.scrollWidth <= innerWidth")
	b.keep(name + "-phone-dark")
	b.size(390, 844, false)
	b.keep(name + "-phone")
	b.size(1280, 800, false)
}

func (b *tab) types(bot, app string) {
	b.t.Helper()
	b.do("type tokens", chromedp.SendKeys(chromedp.CSS("[data-testid=bot-token]"), bot), chromedp.SendKeys(chromedp.CSS("[data-testid=app-token]"), app))
	b.click(one("[data-testid=check-tokens]"))
}

func TestTheDeskIsPutIntoSlackOnThePage(t *testing.T) {
	slack := slackFor(t)
	d := open(t)
	c := browse(t, d)
	dina, other := c.as("Dina", "/install"), c.as("Inga", "/install")
	dina.endures() // the desk begins anew meanwhile
	other.endures()
	dina.lampsAre("wait wait wait")
	dina.allSizes("install-new")

	dina.mistypes()
	dina.types("xoxb-1-bad", "xapp-1-good")
	dina.lampsAre("off wait wait")
	dina.sees(1, one("[data-testid=install-error]").with("Slack refuses the bot token: invalid_auth"))
	dina.allSizes("install-refused")
	dina.types("xapp-1-good", "xoxb-1-good") // each in the other's field
	dina.lampsAre("on off wait")
	dina.sees(1, one("[data-testid=lamp]").with("Type /invite @desk there."))
	dina.sees(1, one("[data-testid=tokens-kept]").with("meridian.secrets"))
	dina.allSizes("install-kept")

	other.types("xoxb-1-good", "xapp-1-good") // a page that was open before
	other.lampsAre("on off wait")
	slack.Join(slacktest.BotUser, "C0DESK")
	dina.lampsAre("on on wait")
	slack.Say("U0INGA", "C0DESK", "", "hello")
	dina.lampsAre("on on on")
	other.lampsAre("on on on")
	dina.sees(1, one("[data-testid=config]").with("place: slack:C0DESK"))
	dina.allSizes("install-green")

	// The lines that the page shows, in the file: from the next start on the desk
	// lives there.
	d.changes = append(d.changes, "  - name: desk\n    place: web:desk\n", "  - name: desk\n    place: slack:C0DESK\n")
	d.configure(strings.TrimPrefix(d.base, "http://"), d.mail)
	d.cut()
	dina.open("/install")
	dina.sees(1, one("[data-testid=install-done]").with("#desk"))
	dina.sees(1, one("[data-testid=uninstall]").with("delete one file"))
	dina.allSizes("install-done")
	dina.click(one("[data-testid=lang-ru]"))
	dina.sees(1, one("[data-testid=install-done]").with("карточки команды"))
	dina.allSizes("install-done-russian")
	if info, err := os.Stat(filepath.Join(d.folder, "meridian.secrets")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the tokens are in %v, %v", info, err)
	}
}
