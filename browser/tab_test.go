package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is a browser of one test.
type chromium struct {
	t   testing.TB
	ctx context.Context
	d   *desk

	tabs []*tab
}

// browse starts a browser that knows nothing and calls nobody but the desk.
func browse(t testing.TB, d *desk) *chromium {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no browser to test with: apt-get install chromium fonts-noto-color-emoji")
	}
	on := []string{"no-sandbox", "disable-gpu", "disable-quic", "disable-component-update", "no-pings", "hide-scrollbars"}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()))
	for _, name := range on {
		opts = append(opts, chromedp.Flag(name, true))
	}
	// A mouse, where a browser without a window has none: a pointer that is fine
	// (4) and hovers (2).
	opts = append(opts, chromedp.Flag("blink-settings", "primaryPointerType=4,availablePointerTypes=4,primaryHoverType=2,availableHoverTypes=2"))
	allocator, closed := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(closed)
	ctx, stop := chromedp.NewContext(allocator)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("the browser did not start: %v", err)
	}
	t.Cleanup(func() {
		limit, over := context.WithTimeout(ctx, patience)
		defer over()
		if err := chromedp.Cancel(limit); err != nil {
			t.Logf("the browser did not close: %v", err)
		}
	})
	return &chromium{t: t, ctx: ctx, d: d}
}

// tab is one person at the desk, with cookies of their own.
type tab struct {
	t   testing.TB
	ctx context.Context
	d   *desk
	who string

	others func() []*tab // of the same browser, this one among them

	mu    sync.Mutex
	wrong []string // what the browser complained of
	cuts  bool     // whether the desk may be gone for a while
	typos bool     // whether what is typed may be refused
}

// as opens the desk as somebody, who is chosen as people choose: on the page.
func (c *chromium) as(who, path string) *tab {
	c.t.Helper()
	ctx, stop := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	c.t.Cleanup(stop)
	b := &tab{t: c.t, ctx: ctx, d: c.d, who: who}
	b.do("open a tab", chromedp.EmulateViewport(1280, 800))
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(b.quiet)
	c.tabs, b.others = append(c.tabs, b), func() []*tab { return c.tabs }
	b.open("/")
	// What the desk says, and not what was chosen here a moment ago: the choice is
	// still on its way then.
	if chosen := one(`#who option[selected]`).text(); !b.is(chosen + ` === ` + quote(who)) {
		b.do("choose who", chromedp.SendKeys(chromedp.CSS("#who"), who))
		b.until("the page is "+who+"'s", `document.readyState === 'complete' && `+chosen+` === `+quote(who))
	}
	b.open(path)
	return b
}

// hear keeps what the browser complains of: errors, refusals of the content
// security policy, exceptions.
func (b *tab) hear(ev any) {
	said := ""
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning || e.Entry.Source == log.EntrySourceSecurity {
			said = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		said = "exception: " + e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			said += " " + thrown.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			said = "console:"
			for _, arg := range e.Args {
				said += " " + string(arg.Value) + arg.Description
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if said != "" && !(b.cuts && gone(said)) && !(b.typos && strings.Contains(said, "a status of 422 ")) {
		b.wrong = append(b.wrong, said)
	}
}

// gone reports whether a complaint says that the desk did not answer: the
// browser's own, or htmx's about a request or a live connection.
func gone(said string) bool {
	return strings.Contains(said, "net::ERR_") || strings.HasPrefix(said, `console: "htmx:`) || said == `console: "[object Event]"`
}

// endures says that the desk will be gone for a while, which a browser is
// right to complain of.
func (b *tab) endures() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cuts = true
}

// mistypes says that something will be typed that the desk refuses, which a
// browser tells of.
func (b *tab) mistypes() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.typos = true
}

// quiet fails the test if the browser has complained.
func (b *tab) quiet() {
	b.is("true") // what was said before this has been heard
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, said := range b.wrong {
		b.t.Errorf("%s's browser says %s", b.who, said)
	}
}

// do does something in the tab that must not fail.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, over := b.ctx, context.CancelFunc(func() {})
	if what != "open a tab" { // the tab lives as long as the context that opens it
		ctx, over = context.WithTimeout(b.ctx, patience)
	}
	defer over()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %s: %v%s", b.who, what, err, b.looks())
	}
}

// open goes to a page of the desk and waits until it is live.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.d.base+path))
	b.until(path+" is there", `document.readyState === 'complete' && !!document.querySelector('.desk')`)
}

// is evaluates a condition; a page that is just being left fulfils none.
func (b *tab) is(condition string) bool {
	ctx, over := context.WithTimeout(b.ctx, patience)
	defer over()
	ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
	return err == nil && ok
}

// until waits for a condition of the page.
func (b *tab) until(what, condition string) {
	b.t.Helper()
	if !eventually(func() bool { return b.is(condition) }) {
		b.t.Fatalf("%s waited in vain until %s: %s%s", b.who, what, condition, b.looks())
	}
}

// sees waits until there are exactly so many elements.
func (b *tab) sees(n int, what elements) {
	b.t.Helper()
	b.until(fmt.Sprintf("there are %d", n), fmt.Sprintf("(%s).length === %d", what, n))
}

// string evaluates what must be a text.
func (b *tab) string(expression string) string {
	b.t.Helper()
	ctx, over := context.WithTimeout(b.ctx, patience)
	defer over()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		b.t.Fatalf("%s: %s: %v%s", b.who, expression, err, b.looks())
	}
	return s
}

// click presses what there is one of, once it can be hit and the page does
// nothing.
func (b *tab) click(what elements) {
	b.t.Helper()
	var at []float64
	look := `(() => {
		const all = ` + string(what) + `
		if (all.length !== 1 || document.querySelector('.htmx-request') || document.readyState !== 'complete') return []
		all[0].scrollIntoView({block: 'nearest', behavior: 'instant'})
		const r = all[0].getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2
		const hit = document.elementFromPoint(x, y)
		return hit && all[0].contains(hit) ? [x, y] : []
	})()`
	ok := eventually(func() bool {
		ctx, over := context.WithTimeout(b.ctx, patience)
		defer over()
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](look))
		still := err == nil && len(found) == 2 && len(at) == 2 && at[0] == found[0] && at[1] == found[1]
		at = found
		return still
	})
	if !ok {
		b.t.Fatalf("%s cannot press %s%s", b.who, what, b.looks())
	}
	b.do("press "+string(what), chromedp.MouseClickXY(at[0], at[1]))
}

// say types into the box of a pane and sends it with Enter.
func (b *tab) say(pane, text string) {
	b.t.Helper()
	box := "[data-testid=text-" + pane + "]"
	b.do("type", chromedp.SendKeys(chromedp.CSS(box), text), enter)
	b.until("the box is empty", `document.querySelector(`+quote(box)+`).value === '' && !document.querySelector('.htmx-request')`)
}

// enter presses Enter. The key alone, without the character that it types: the
// tool sends that by itself, also where the page has said that nothing is to be
// typed.
func enter(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
	for _, way := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		if _, err = chromedp.Call(ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: way, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13}); err != nil {
			return none, err
		}
	}
	return none, nil
}

// react opens the emoji of a message and takes one.
func (b *tab) react(what elements, emoji string) {
	b.t.Helper()
	b.click(what.in("[data-testid=add-reaction]"))
	b.click(one("[data-testid=pick][data-emoji=" + emoji + "]"))
	b.sees(1, what.in("[data-testid=reaction][data-emoji="+emoji+"][aria-pressed=true]"))
	b.sees(0, one("dialog"))
}

// size sets what the page is shown on.
func (b *tab) size(width, height int64, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	var touch []chromedp.EmulateViewportOption
	if width < 720 {
		touch = append(touch, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do("resize", chromedp.EmulateViewport(width, height, touch...), func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return chromedp.Void{}, err
	})
}

// picture is what the tab shows, as PNG.
func (b *tab) picture() []byte {
	b.t.Helper()
	ctx, over := context.WithTimeout(b.ctx, patience)
	defer over()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatalf("screenshot: %v", err)
	}
	return png
}

// keep writes a screenshot where a person looks at it.
func (b *tab) keep(name string) {
	b.t.Helper()
	b.until("pictures and fonts are there", `document.fonts.status === 'loaded' && !document.querySelector('.htmx-request')`)
	save(b.t, filepath.Join(screenshots(), name+".png"), b.picture())
}

func save(t testing.TB, path string, png []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

func screenshots() string {
	if folder := os.Getenv("MERIDIAN_SCREENSHOTS"); folder != "" {
		return folder
	}
	return filepath.Join("..", "tmp", "screenshots")
}

// looks is what the page shows, for somebody who reads why a test failed.
func (b *tab) looks() string {
	ctx, over := context.WithTimeout(b.ctx, 3*time.Second)
	defer over()
	shown, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
	if err != nil {
		return "\nthe page cannot be read: " + err.Error()
	}
	if png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		save(b.t, filepath.Join(screenshots(), "failed-"+b.t.Name()+"-"+b.who+".png"), png)
	}
	shown = "\nthe page shows:\n" + shown
	for _, other := range b.others() {
		if other != b {
			shown += other.shows()
		}
	}
	return shown + "\nthe desk's log:\n" + b.d.log.String()
}

// shows is what another tab shows of the same desk.
func (b *tab) shows() string {
	ctx, over := context.WithTimeout(b.ctx, 3*time.Second)
	defer over()
	shown, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.querySelector('main').innerText + '\\n' + [...document.querySelectorAll('textarea')].map(t => '[' + t.value + ']').join(' ')"))
	if err != nil {
		return "\n" + b.who + "'s page cannot be read: " + err.Error()
	}
	return "\n" + b.who + "'s page shows:\n" + shown
}
