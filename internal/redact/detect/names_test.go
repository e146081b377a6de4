package detect

import "testing"

func TestTmp(t *testing.T) {
	t.Log(builtinNames.used, len(builtinNames.slots))
	for _, n := range []string{"cardNumber", "card_number", "CARDNUMBER", "card[number]", "userpassword", "tokenType", "passwordResetUrl", "X-Forwarded-For", "contraseña", "CONTRASEÑA", "emailVerified", "isEmail", "IPAddress", "ipv4", "ipVersion", "e-mail", "X-Amz-Security-Token", "ASP.NET_SessionId", "address1", "addressLine2", "session", "dbpassword"} {
		t.Logf("%s %b", n, ClassifyName([]byte(n)))
	}
}

func BenchmarkClassifyName(b *testing.B) {
	for _, name := range []string{"cardNumber", "access_token", "description", "X-Forwarded-For"} {
		b.Run(name, func(b *testing.B) {
			text := []byte(name)
			b.ReportAllocs()
			for b.Loop() {
				ClassifyName(text)
			}
		})
	}
}
