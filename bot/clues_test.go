package bot

import "testing"

func TestASiteOfTheClientIsFoundInTheText(t *testing.T) {
	sites := []string{"copperfield.example", "магазин.example"}
	for text, want := range map[string]string{
		"Nobody can pay at https://shop.Copperfield.example/cart?x=1.": "shop.copperfield.example",
		"copperfield.example is slow":                                  "copperfield.example",
		"На Магазин.example пусто":                                     "магазин.example",
		"write to helen@copperfield.example":                           "",
		"notcopperfield.example, copperfield.example.evil.test":        "",
		"version 1.2.3 of the plugin":                                  "",
		"":                                                             "",
	} {
		if got := siteAmong(hostsIn(text), sites); got != want {
			t.Errorf("in %q: %q, want %q", text, got, want)
		}
	}
	if got := siteAmong(hostsIn("copperfield.example"), nil); got != "" {
		t.Errorf("without sites: %q", got)
	}
}

func TestOnlyFactsAreUrgent(t *testing.T) {
	for text, want := range map[string]bool{
		"Since this afternoon nobody can pay.":      true,
		"NOBODY CAN log in!":                        true,
		"Ничего не работает, помогите":              true,
		"Всё упало":                                 true,
		"urgent!!! please change the logo asap":     false,
		"Срочно нужен логотип":                      false,
		"Nobody cancelled the order":                false,
		"It works, but somebody can see the prices": false,
	} {
		if got := isUrgent(text); got != want {
			t.Errorf("%q is urgent: %v", text, got)
		}
	}
}

func TestAnAlertIsKnownByWhatItIsAbout(t *testing.T) {
	alert := Alert{Title: "payments 5xx 8%, since 18:09", Labels: map[string]string{"instance": "db-1.prod:9100", "service": "billing-db", "severity": "critical"}}
	for text, want := range map[string]bool{
		"Payments fail since lunch":             true,
		"is billing-db down?":                   true,
		"the host db-1.prod does not answer":    true,
		"it is critical, and slow since Monday": false,
		"the database is slow":                  false,
		"repayments are wrong":                  false,
	} {
		named := map[string]bool{}
		for _, w := range nameWords(text) {
			named[w] = true
		}
		got := false
		for _, n := range alertNames(alert) {
			got = got || named[n]
		}
		if got != want {
			t.Errorf("%q names the alert: %v", text, got)
		}
	}
}

func TestAlikeIsWhatSharesTheWordsThatTell(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"Checkout is broken", "Checkout fails for gift cards", true},
		{"Invoice PDF is empty", "The PDF of my invoice has no lines", true},
		{"Не приходят письма о заказах", "Письма о заказе не приходят покупателям", true},
		{"The import is slow", "Logo is blurred", false},
		{"Hello, please help", "Hello, could you help with the logo?", false},
		{"", "Checkout is broken", false},
	} {
		if got := alike(tellingTokens(test.a), tellingTokens(test.b)); got != test.want {
			t.Errorf("%q and %q are alike: %v", test.a, test.b, got)
		}
	}
}
