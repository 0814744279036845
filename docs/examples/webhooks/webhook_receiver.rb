# Receives webhooks: verifies each, and does each event once. Copy `receive`, and give it a table of your own.
require "json"
require "openssl"
require "set"
require "socket"

KEY = ENV.fetch("WEBHOOK_SECRET").delete_prefix("whsec_").unpack1("m") # whsec_…, as it was shown
SEEN_FILE = ENV.fetch("SEEN_FILE", "webhook-ids.txt")
LONGEST_SECONDS = 300
SEEN = Set.new(File.exist?(SEEN_FILE) ? File.readlines(SEEN_FILE, chomp: true) : [])
ONE_AT_A_TIME = Mutex.new

# Whether the bridge sent this, just now. `body` is as it came; `headers` have lower-case names.
def genuine?(body, headers)
  id, sent_at, signatures = headers.values_at("webhook-id", "webhook-timestamp", "webhook-signature")
  return false unless id && signatures && sent_at.to_s.match?(/\A\d+\z/)
  return false if (Time.now.to_i - sent_at.to_i).abs > LONGEST_SECONDS

  expected = "v1,#{[OpenSSL::HMAC.digest('SHA256', KEY, "#{id}.#{sent_at}.#{body}")].pack('m0')}"
  signatures.split(" ").any? { |given| OpenSSL.secure_compare(given, expected) }
end

# The status to answer with: 204 once the event is done, now or before; 401 for what is not from the bridge.
def receive(body, headers)
  return 401 unless genuine?(body, headers)

  event = JSON.parse(body)
  ONE_AT_A_TIME.synchronize do
    unless SEEN.include?(event["id"])
      work(event)
      SEEN << event["id"]
      File.write(SEEN_FILE, "#{event['id']}\n", mode: "a")
    end
  end
  204
end

# Yours.
def work(event)
  puts "#{event['type']} #{event['id']}"
end

# The least of a server that can be read at a glance; yours is Rack or Rails (`request.raw_post`, `request.headers`).
def serve(socket)
  return unless socket.gets

  headers = {}
  while (line = socket.gets) && line != "\r\n"
    name, value = line.chomp.split(": ", 2)
    headers[name.downcase] = value
  end
  status = receive(socket.read(headers["content-length"].to_i), headers)
  socket.write "HTTP/1.1 #{status} #{status == 204 ? 'No Content' : 'Unauthorized'}\r\n"
  socket.write "Content-Length: 0\r\n" if status != 204
  socket.write "Connection: close\r\n\r\n"
ensure
  socket.close
end

$stdout.sync = true
server = TCPServer.new("127.0.0.1", Integer(ENV.fetch("PORT", "8003")))
loop { Thread.new(server.accept) { |socket| serve(socket) } }
