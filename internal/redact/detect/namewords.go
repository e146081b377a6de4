package detect

// builtinNames is the table of the words below. Phrases are written glued: accesstoken is accessToken, access_token,
// Access-Token and accesstoken.
var builtinNames = func() nameTable {
	table := newNameTable(11)
	addSecretNames(&table)
	addPersonalNames(&table)
	addOtherNames(&table)
	return table
}()

func addSecretNames(t *nameTable) {
	t.add(kindMeaning, NamePassword, `password passwords passwd passwort pwd pswd psswd pword passphrase passcode pass pw pin pincode pinnumber pinno
		identifiedby userpass userpw dbpass dbpw mypw rootpw adminpw loginpass sshpass ftppass smtppass mailpass proxypass redispass mysqlpwd pgpassword pgpass
		accesscode accesspin passwordhash hashedpassword passwordhashed passhash pwhash pwdhash passworddigest passwordplain passwordtext plainpassword
		encryptedpassword passwordencrypted cryptedpassword passwordsalt newpassword oldpassword currentpassword confirmpassword passwordconfirm
		passwordconfirmation confirmnewpassword repeatpassword passwordrepeat retypepassword verifypassword passwordverify passwordvalue
		enablepassword masterpassword masterpass passwd1 passwd2 password1 password2 passwordagain otp otpcode onetimepassword onetimecode totpcode mfacode
		tfacode twofactorcode 2facode smscode verificationcode securityanswer secretanswer securityquestionanswer recoverycode recoverycodes backupcode backupcodes
		recoveryphrase seedphrase mnemonic mnemonicphrase recoverykey paymentpin cardpin atmpin
		contraseña contrasenya contrasenia clave clavesecreta claveacceso clavedeacceso motdepasse mdp senha senhaatual novasenha kennwort losungswort geheimzahl
		wachtwoord lösenord losenord passord adgangskode kodeord salasana hasło parola parolachiave şifre sifre jelszó jelszo heslo lozinka geslo slaptazodis
		katasandi sandi matkhau mật_khẩu пароль 密码 密碼 口令 パスワード 暗証番号 비밀번호 รหัสผ่าน סיסמה كلمةالمرور κωδικός`)
	t.add(kindMeaning, NameSecret, `secret secrets secretkey secretkeys secretvalue secretstring secretdata clientsecret clientsecrets appsecret applicationsecret consumersecret
		sharedsecret sharedkey presharedkey preshared psk webhooksecret signingsecret signingkey signaturekey signingprivatekey hmacsecret hmackey hashsecret hashkey saltkey
		jwtsecret jwtkey sessionsecret cookiesecret oauthsecret secrettoken secretaccesskey accesssecret accesskeysecret accesskey accesskeys apikey apikeys apisecret
		apisecretkey apiseckey appkey applicationkey xapikey apiprivatekey authkey authenticationkey authorizationkey authsecret accountkey storagekey storageaccountkey
		privatekey privatekeys privkey rsaprivatekey sshkey sshprivatekey pgpprivatekey gpgkey tlskey sslkey pemkey privkeypem keypem deploykey serverkey servicekey
		serviceaccountkey masterkey rootkey encryptionkey encryptkey decryptionkey decryptkey cryptokey cipherkey aeskey deskey rsakey eckey fernetkey kmskey dek kek
		symmetrickey secretbase secretkeybase railsmasterkey licensekey licencekey productkey serialkey activationkey activationcode registrationkey integrationkey ingestkey
		ingestionkey writekey adminkey primarykeysecret sas sastoken sassignature sig sharedaccesskey sharedaccesssignature connectionstring connstr dsn 
		consumerkey subscriptionkey ocpapimsubscriptionkey instrumentationkey functionskey xfunctionskey hostkey webhookkey apikeyvalue keysecret tokensecret
		oauthtokensecret accesstokensecret appclientsecret usersecret dbsecret vaultsecret totpsecret mfasecret otpsecret twofactorsecret xamzsignature xgoogsignature
		keymaterial privatekeydata pkcs8 pkcs12 pfx keystorepassword truststorepassword cryptsalt passwordpepper transactionkey salt saltvalue hashsalt passwordsaltvalue pepper xapisecret xsecret credentialsecret secretapikey
		stripekey sendgridkey twiliokey openaikey openaiapikey anthropicapikey datadogkey ddapikey awssecret awskey gcpkey azurekey npmauth dockerauth
		geheimnis geheim geheimschlüssel schlüssel clésecrète clesecrete cléapi cleapi claveapi claveprivada chaveapi chavesecreta chaveprivada secreto segredo chiavesegreta
		секрет 密钥 秘钥 秘密鍵`)
	t.add(kindMeaning, NameToken, `token accesstoken accesstokens refreshtoken refreshtokens idtoken idtokenhint jwt jwttoken jws jwe csrf csrftoken xcsrftoken xsrf xsrftoken csrfmiddlewaretoken
		requestverificationtoken antiforgerytoken antiforgery authenticitytoken formtoken resettoken passwordresettoken resetpasswordtoken verificationtoken
		emailverificationtoken confirmationtoken invitetoken invitationtoken activationtoken unsubscribetoken bearer bearertoken securitytoken xamzsecuritytoken
		apitoken apitokens accesstok authtokens usertoken devicetoken pushtoken fcmtoken apnstoken registrationtoken personalaccesstoken pat gittoken githubtoken ghtoken
		gitlabtoken slacktoken bottoken npmtoken vaulttoken xvaulttoken consultoken xconsultoken nomadtoken servicetoken oauthtoken ssotoken samlresponse samlassertion
		samlrequest samlart assertion clientassertion subjecttoken actortoken devicecode usercode codeverifier stripesignature xhubsignature xhubsignature256 xsignature xslacksignature xshopifyhmacsha256 xgithubsignature xwebhooksignature webhooksignature xtwiliosignature paypaltransmissionsig xlinesignature xrazorpaysignature xsquaresignature authorizationcode authcode grantcode logintoken onetimetoken
		tgt serviceticket granttoken launchtoken sharetoken downloadtoken uploadtoken publictokens plaidtoken paymenttoken cardtoken stripetoken
		customtoken firebasetoken recaptchatoken captchatoken captcharesponse grecaptcharesponse recaptcharesponse turnstileresponse hcaptcharesponse
		jeton jetondaccès jetonacces zugriffstoken zugangstoken tokenacceso tokendeacceso tokenacesso tokendeacesso токен 令牌 トークン`)
	t.add(kindMeaning, NameToken|NameAuth, `authtoken xauthtoken authorizationtoken authenticationtoken xaccesstoken xsubjecttoken xstoragetoken xusertoken xapitoken`)
	t.add(kindMeaning, NameToken|NameSession, `sessiontoken rememberme remembertoken remembermetoken rememberweb persistentlogin logintokencookie`)
	t.add(kindMeaning, NameSession, `session sessionid sessionids sessid sess sid ssid sessionkey sessionhash sessiondata sessioncookie usersession authsession authsessionid loginsession
		jsessionid jsessionidsso jsession phpsessid phpsession phpsessionid aspsessionid aspnetsessionid aspnetcoresession aspxauth aspnetcorecookies aspnetapplicationcookie
		aspnetcoreidentityapplication aspnetcoreantiforgery applicationcookie identityapplication cfid cftoken cisession laravelsession racksession railssession
		connectsid sailssid koasess koasess expresssess expresssession playsession playsess gitlabsession ghsess wordpressloggedin wordpresssec wpsession moodlesession
		symfonysession cakephp cakesession yiisession identitycookie zenid oscsid frontendsession adminhtml fetypouser betypouser drupalsession ssess beakersessionid
		flasksession djangosession webpysessionid tornadouser dancersession mojolicious vaadinsession grafanasession keycloaksession keycloakidentity kcrestart
		keycloakidentitylegacy keycloaksessionlegacy orykratossession orysession appsession auth0 auth0session nextauthsession nextauthsessiontoken
		securenextauthsessiontoken authjssessiontoken sbaccesstoken supabaseauthtoken ltpatoken ltpatoken2 smsession iplanetdirectorypro obssocookie obssocookie mrhsession lastmrhsession
		dsid dslastaccess svpncookie webvpn zmauthtoken roundcubesessid roundcubesessauth forumsession discoursesession li_at liat cuser apisid sapisid hsid psid
		secure1psid secure3psid 1psid 3psid 1papisid 3papisid authpubtkt mod_auth_cas modauthcas mellon shibsession opensamlsession fedauth fedauth1 rtfa estsauth estsauthpersistent
		sso ssosession ssoid ssocookie oktasession proxysession oauth2proxy kubeflowsession jupyterhubsession sugarsession magentosession phpbb3sid
		salesforcesid cognitosession sesión sesion sessão sitzung sitzungsid seance idsession idsesion 会话 セッション сессия
		xsessionid xsession xsessiontoken websession sessionuuid sessionguid impersonationsession`)
	t.add(kindMeaning, NameAuth, `auth authorization authorisation authentication proxyauthorization proxyauthenticate xauth xauthkey xauthorization xauthemailkey xforwardedauthorization
		xoriginalauthorization basicauth httpauth authheader authorizationheader authstring authdata authinfo authparams credential credentials creds cred clientcredentials usercredentials
		xclientcert sslclientcert xsslclientcert saslauth securitycredentials networkcredential wsse xwsse zugangsdaten anmeldedaten credenciales identifiants credenciais`)
	t.add(kindMeaning, NameCookie, `cookie cookies setcookie setcookies cookie2 setcookie2 cookieheader cookiestring`)
	t.add(kindMeaning, NamePassword|NamePostal, `pincodes`)
	addSecretDenials(t)
}

// addSecretDenials holds what looks like a secret's name and is none.
func addSecretDenials(t *nameTable) {
	t.add(kindAbout, 0, `publickey publickeys pubkey sshpublickey publickeypem sitekey recaptchasitekey publishablekey publishkey primarykey foreignkey uniquekey
		sortkey partitionkey rowkey hashedkey rangekey cachekey objectkey s3key translationkey routingkey bindingkey routekey mapkey datakey itemkey reactkey querykey
		messagekey kafkakey shardkey indexkey propertykey attributekey metadatakey sessiontype sessionstate sessionname sessionstatus sessionstarted
		tokentype tokentypehint tokenname tokenkind tokenendpoint tokenurl tokenuri tokenlist tokenization tokenizer pagetoken nextpagetoken nexttoken continuationtoken
		continuetoken cursortoken pagingtoken paginationtoken previoustoken prevtoken prevpagetoken synctoken nextsynctoken startingtoken resumetoken changetoken
		cancellationtoken secretname secretpath secretref secretversion passwordtype cookieconsent cookiename cookiepolicy cookiebanner cookiedomain
		authtype authmethod authmode authprovider authurl authlevel authscheme authuser authority authenticated authorized authorizationurl authenticationmethod
		authorizationendpoint wwwauthenticate`)
	t.add(kindAbout, NameID, `sessionnumber accesskeyid awsaccesskeyid secretid apikeyid keyid xkeyid jwtid jti kid tokenid authid credentialid secretkeyid idempotencykey xidempotencykey`)
	t.add(kindAbout, NameTime, `authtime sessiontimeout tokenlifetime`)
	t.add(kindAbout, NameAmount, `tokens tokencount maxtokens passwordlength sessioncounts`)
}
