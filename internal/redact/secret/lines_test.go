package secret

import (
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// TestLinesWithSecrets says what is found in lines as programs, configurations, logs and recordings have them.
func TestLinesWithSecrets(t *testing.T) {
	f := New(all)
	for _, c := range []struct{ text, want string }{
		{`password = "ufv8gq3d"`, "ufv8gq3d"},
		{`    "token": "3fd1c07be5a94f2d8c6610b27ae94d5f30c8b7e1",`, "3fd1c07be5a94f2d8c6610b27ae94d5f30c8b7e1"},
		{`private static final String SECRET = "kjh43k5h34kq";`, "kjh43k5h34kq"},
		{`define('DB_PASSWORD', 'x8Yh2kdw');`, "x8Yh2kdw"},
		{`spring.datasource.password=Vb12adkw`, "Vb12adkw"},
		{`db_pass: qwhxgk12`, "qwhxgk12"},
		{`mysql -u root -pPa55w0rdX shop`, "Pa55w0rdX"},
		{`sshpass -p 'hg73kdW1' ssh root@10.0.0.7`, "hg73kdW1"},
		{`<property name="password">s3cr3tK1</property>`, "s3cr3tK1"},
		{`<Password>abc123Kd</Password>`, "abc123Kd"},
		{`password: 'gwkqxz' # of the test server`, "gwkqxz"},
		{`$config['password'] = 'gw7kqxz';`, "gw7kqxz"},
		{`conn = connect(host="db", user='shop', password='gw7kqxz')`, "gw7kqxz"},
		{`"password" : "dGVzdGVyMQ=="`, "dGVzdGVyMQ=="},
		{`tool --password=gw7kqxz --verbose`, "gw7kqxz"},
		{`tool --token 3fd1c07be5a94f2d8c6610b27ae94d5f`, "3fd1c07be5a94f2d8c6610b27ae94d5f"},
		{`CREATE USER 'shop'@'%' IDENTIFIED BY 'gw7kqxz';`, "gw7kqxz"},
		{`ALTER ROLE shop WITH LOGIN PASSWORD 'gw7kqxz'`, "gw7kqxz"},
		{`secret_key_base: 3fd1c07be5a94f2d8c6610b27ae94d5f30c8b7e1`, "3fd1c07be5a94f2d8c6610b27ae94d5f30c8b7e1"},
		{`api_key="Vx7Qm2ZrT9LpW4kN"`, "Vx7Qm2ZrT9LpW4kN"},
		{`builder.setPassword("gw7kqxz1")`, "gw7kqxz1"},
		{`.withToken("3fd1c07be5a94f2d8c6610b27ae94d5f")`, "3fd1c07be5a94f2d8c6610b27ae94d5f"},
		{`DATABASE_URL=postgres://shop:gw7kqxz@db.internal:5432/shop`, "gw7kqxz"},
		{`'pass' => 'gw7kqxz',`, "gw7kqxz"},
		{`//npm.internal.example/:_authToken=3fd1c07b-e5a9-4f2d-8c66-10b27ae94d5f`, "3fd1c07b-e5a9-4f2d-8c66-10b27ae94d5f"},
		{`docker login -u foo -p S3cretPwd99 registry.io`, "S3cretPwd99"},
		{`//registry.internal/:_auth=c2hvcDpWeDdRbTJaclQ5`, "c2hvcDpWeDdRbTJaclQ5"},
		{`machine git.internal login shop password gw7kqxz`, "gw7kqxz"},
		{`{"auths":{"registry.internal":{"auth":"c2hvcDpWeDdRbTJaclQ5"}}}`, "c2hvcDpWeDdRbTJaclQ5"},
		{`AccountName=shop;AccountKey=Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2Zr==;EndpointSuffix=core.windows.net`,
			"Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2Zr=="},
		{`GET https://shop.blob.core.windows.net/c/x?sv=2022-11-02&se=2026-12-01&sig=Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Q%3D HTTP/1.1`, "Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Q%3D"},
		{`2026-11-20 10:15:42 INFO login ok token=3fd1c07be5a94f2d8c6610b27ae94d5f user=17`, "3fd1c07be5a94f2d8c6610b27ae94d5f"},
		{`grant_type=password&username=shop&password=gw7kqxz%21&scope=all`, "gw7kqxz%21"},
		{`{\"client_secret\":\"Vx7Qm2ZrT9LpW4kN\",\"code\":\"x\"}`, "Vx7Qm2ZrT9LpW4kN"},
		{`Set-Cookie: JSESSIONID=3FD1C07BE5A94F2D8C6610B27AE94D5F; Path=/; HttpOnly`, "3FD1C07BE5A94F2D8C6610B27AE94D5F"},
		{`Set-Cookie: __cf_bm=4yYj1s.ay6mxQKdaqO77Js4wZu_P0H4Nq8FjP1IQ-1742258759-1.0.1.1; path=/; expires=Tue, 18-Mar-25 01:15:59 GMT`, "4yYj1s.ay6mxQKdaqO77Js4wZu_P0H4Nq8FjP1IQ-1742258759-1.0.1.1"},
		{`Cookie: theme=dark; session_id=Vx7Qm2ZrT9LpW4kNcJ6sD1; lang=en`, "Vx7Qm2ZrT9LpW4kNcJ6sD1"},
		{`      - Bearer Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8`, "Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8"},
		{"    Authorization:\n    - Basic c2hvcDpWeDdRbTJaclQ5\n", "c2hvcDpWeDdRbTJaclQ5"},
		{`authorization: 'Basic c2hvcDpWeDdRbTJaclQ5'`, "c2hvcDpWeDdRbTJaclQ5"},
		{`X-Api-Key: Vx7Qm2ZrT9LpW4kNcJ6sD1`, "Vx7Qm2ZrT9LpW4kNcJ6sD1"},
		{`X-Vault-Token: s.Vx7Qm2ZrT9LpW4kNcJ6sD1gY`, "s.Vx7Qm2ZrT9LpW4kNcJ6sD1gY"},
		{`Authorization: Digest username="shop", realm="x", nonce="a7", uri="/", response="3fd1c07be5a94f2d8c6610b27ae94d5f"`, "3fd1c07be5a94f2d8c6610b27ae94d5f"},
		{`Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261120/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024`,
			"fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024"},
		{`wget --http-user=shop --http-password=gw7kqxz https://host/`, "gw7kqxz"},
		{`-Djavax.net.ssl.keyStorePassword=gw7kqxz`, "gw7kqxz"},
		{`DB_PASSWORD: str = "gw7kqxz"`, "gw7kqxz"},
		{`const char *password = "gw7kqxz";`, "gw7kqxz"},
		{`var smtpPassword string = "gw7kqxz"`, "gw7kqxz"},
		{`if password == "gw7kqxz":`, "gw7kqxz"},
		{"database:\n  password: gwkqxz\n  host: db", "gwkqxz"},
		{"  secret: 'hgkqzwxvbn'", "hgkqzwxvbn"},
		{`"Password":"P@ssw0rd!2026"`, "P@ssw0rd!2026"},
		{`login(email="a@shop.test", passwd="gw7kqxz")`, "gw7kqxz"},
		{`access_token: ya29.A0ARrdaM-Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3`, "ya29.A0ARrdaM-Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3"},
		{`ENV API_SECRET Vx7Qm2ZrT9LpW4kNcJ6s`, "Vx7Qm2ZrT9LpW4kNcJ6s"},
		{`enable password 7 0822455D0A16544541`, "0822455D0A16544541"},
		{`string_value: "AKIAIQ7WZ5JLH3NDEXQ4"`, "AKIAIQ7WZ5JLH3NDEXQ4"},
		{`aws: AKIAQWZXJPLVHRNBKFTC`, "AKIAQWZXJPLVHRNBKFTC"}, // letters alone
		{`tool --password gwkqxz`, "gwkqxz"},
		{`tool --password gwkqxz --verbose`, "gwkqxz"},
		{`login("password", "gwkqxz")`, "gwkqxz"},
		{`new UserCredentials("shop", "gw7kqxz")`, "gw7kqxz"},
		{`DB_PASSWORD="gw7...kqxz"`, "gw7...kqxz"},
		{`sshpass -p 'gw7k@xz' ssh shop@db`, "gw7k@xz"},
		{`ENV MYSQL_ROOT_PASSWORD gwkqxz-tulip`, "gwkqxz-tulip"},
		{`requirepass gwkqxz-tulip`, "gwkqxz-tulip"},
		{`requests.get(url, auth=("shop", "gw7kqxz"))`, "gw7kqxz"},
		{`auth = HTTPBasicAuth("shop", "gw7kqxz")`, "gw7kqxz"},
		{`dsn = "shop:gw7kqxz@tcp(db.internal:3306)/orders"`, "gw7kqxz"},
		{`postgres://shop:gw7@kqxz@db.internal:5432/orders`, "gw7@kqxz"},
		{"  POSTGRES_PASSWORD: toor", "toor"},
		{"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: shop\nVx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3\n", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: shop\nVx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3\n"},
		{"-----BEGIN RSA PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----"},
	} {
		text := []byte(c.text)
		found := detect.Resolve(f.Find(nil, text, detect.NewShape(text), detect.Hints{}))
		if len(found) != 1 || string(text[found[0].Start:found[0].End]) != c.want {
			got := make([]string, 0, 2)
			for _, one := range found {
				got = append(got, one.Rule.Name+" "+string(text[one.Start:one.End]))
			}
			t.Errorf("%s\n\tfound %q, want %q", c.text, got, c.want)
		}
	}
}

// TestHarmlessLines says what must stay.
func TestHarmlessLines(t *testing.T) {
	f := New(all)
	for _, line := range []string{
		`password = request.form['password']`, `token = get_token()`, `"password": "string"`, `password: ${PASSWORD}`, `PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2"]`,
		`key: "some-config-key"`, `token = "csrf_token"`, `"key": "value"`, `secretName: my-secret-name`, `passwordField: "#password"`, `api_key = os.environ["API_KEY"]`,
		`integrity sha512-Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2ZrA==`, `pass`, `"label": "Password:"`, `--password-file=/run/secrets/db`,
		`key: password`, `token_type=bearer&expires_in=3600`, `passwd:         files systemd`, `Auth: oauth2`, `api: v1`, `PWD=/home/shop/src`, `OLDPWD=/app`, `passed: 1041, failed: 0`,
		`bypass: true`, `The password must be at least 8 characters long`, `password: Password,`, `this.password = password;`, `self.token = token`, `const { token } = props`,
		`return user.password === hash(password)`, `password?: string`, `private password: string;`, `def login(user, password=None):`, `password = input("Password: ")`,
		`token: '<your token>'`, `api_key: YOUR_API_KEY`, `apikey=xxxxxxxxxxxxxxxx`, `secret: "********"`, `password: "{{ vault_db_password }}"`, `password = %s`, `"password": null`,
		`nextPageToken: "CAUQAA"`, `tokens: 1024`, `max_tokens=4096`, `tokenizer = "cl100k_base"`, `auth_url = https://login.internal/oauth/token`, `keyPath: /etc/ssl/private/key.pem`,
		`ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2Z shop@host`, `commit 3fd1c07be5a94f2d8c6610b27ae94d5f30c8b7e1`, `etag: "3fd1c07be5a94f2d8c6610b27ae94d5f"`,
		`X-Request-Id: 3fd1c07b-e5a9-4f2d-8c66-10b27ae94d5f`, `traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`, `primary_key = "id"`, `cache_key = "user:17:profile"`,
		`public_key: MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7Qm2ZrT9LpW4kNcJ`, `"author": "someone", "authority": "x"`, `secretKeyRef: {name: db, key: password}`, `password_reset_url: https://shop.test/reset`,
		`session timeout = 3600`, `signature: (a: string, b: number) => void`, `jwt: { expiresIn: '7d', issuer: 'shop' }`, `Cookie: theme=dark; lang=en`, `csrf: disabled`, `accessKey: "k"`,
		`if (password.length < 8) {`, `pw := os.Getenv("DB_PASSWORD")`, `fmt.Println("password:", password)`, `# password: see the vault`, `password = config.get("db", "password")`,
		`version: 1.4.0-rc.3+build.5`, `image: shop@sha256:3fd1c07be5a94f2d8c6610b27ae94d5f30c8b7e13fd1c07be5a94f2d8c6610b2`, `Content-Type: multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW`,
		`"sid": "SM7f3c9a1e5d8b2460c4e8a1f7b3d95260"`, `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`, `InstrumentationKey=00000000-0000-0000-0000-000000000000;`,
		`x-ms-encryption-key-sha256: Vx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3RtIvHx7Qm2Z=`, `Idempotency-Key: 3fd1c07b-e5a9-4f2d-8c66-10b27ae94d5f`,
		`google.golang.org/genproto/googleapis/api v0.0.0-20260511170946-3700d4141b60`, `github.com/Azure/go-ansiterm v0.0.0-20210617225240-d185dfc1b5a1/go.mod h1:x`, `input[type="password"]:focus, input[type="tel"]:focus`,
		`dir = File.join(File.dirname(Dir.pwd), "keys")`, `{"spwd", PyInit_spwd},`, `scw.WithAuth("SCW_ACCESS_KEY", "SCW_SECRET_KEY")`, `ErrBadPassword = 0x04`, `privateKey ed25519.PrivateKey`,
		"Items []UserOAuthAccessToken `json:\"items\" protobuf:\"bytes,2,rep,name=items\"`",
		`  -W, --password            force password prompt`, `use the --username and --password options instead`, `'type': ['TEXT', 'PASSWORD', 'CHECKBOX', 'RADIO'],`, `[]string{"password", "custom-auth-method"}`,
		`api.RegisterAuth("apiKey", security.APIKeyAuth("X-API-KEY", "header"))`, `nats.UserCredentials("user.jwt", "user.nk")`, `if len(secretKey) != curve25519.ScalarSize {`, `SIOCGLIFTOKEN = -0x3f879678`,
		`endpoint= auth_token= client_cert= client_key= queue_size=100000`, `ERROR_ILL_FORMED_PASSWORD = syscall.Errno(1324)`, `ERROR_ILL_FORMED_PASSWORD     syscall.Errno = 1324`, `def __init__(self, password: bytes):`,
		`apikey=DEMO_KEY`, `Authorization: Bearer empty-api-key`, `token = "fake-access-token"`, `password: !vault |`, `postgres://user:password@localhost/db`, `mysql://user:pass@host/db`,
		`if strings.HasPrefix(line, "-----BEGIN RSA PRIVATE KEY-----") {`, "---- BEGIN SSH2 PUBLIC KEY ----\nVx7Qm2ZrT9LpW4kNcJ6sD1gYbFa8eUo3\n", `token: "sk-abc...xyz"`, `auth = (user, password)`,
		`User-Agent: curl/8.4.0`, `first pass: build the histograms`, `if len(password) > blocksize:`, "to pass `common.mustCall()` on", `curl -u $USER:$PASS https://host`, `docker run -u 1000:1000 shop`, `https://shop.test/a:b@c`, `token="$(cat /run/token)"`, `password=`, `password: ""`, `Password: [FILTERED]`,
	} {
		text := []byte(line)
		for _, one := range f.Find(nil, text, detect.NewShape(text), detect.Hints{}) {
			t.Errorf("%s\n\tfound %s %q", line, one.Rule.Name, text[one.Start:one.End])
		}
	}
}
