# The one thing that your back end adds for the timer: it says who is signed in. Copy this; it needs nothing but Ruby.
require "json"
require "openssl"
require "securerandom"

module HarvestToken
  # A token that the timer may use once, within a minute, on `origin`, for this person of this customer of yours.
  def self.sign(user_id:, tenant_id:, email:, origin:)
    now = Time.now.to_i
    claims = {
      iss: ENV.fetch("HOST_APP_ID"), # this one and the two below come from `manage.py createhost`
      aud: "timer",
      sub: user_id, # your own id of the person; it must never change
      tenant_id: tenant_id, # your own id of the customer whose page this is
      email: email,
      origin: origin, # scheme, host and port of the page
      iat: now,
      exp: now + 60,
      jti: SecureRandom.uuid
    }
    signed = [{ alg: "HS256", typ: "JWT", kid: ENV.fetch("WIDGET_KEY_ID") }, claims].map { |it| part(it.to_json) }.join(".")
    "#{signed}.#{part(OpenSSL::HMAC.digest('SHA256', ENV.fetch('WIDGET_SECRET'), signed))}"
  end

  def self.part(bytes)
    [bytes].pack("m0").tr("+/", "-_").delete("=")
  end
end
