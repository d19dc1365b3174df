-- Requests of one kind for wrk: wrk … -s api.lua URL -- KIND FIRST USERS SESSIONS SLUG ORGANIZATION TOKEN
-- FIRST: number of the first user, and mark of the sessions, so that no two runs send the same.
-- SESSIONS: accounted side by side; more than requests under way, so that no record overtakes an earlier one of its session.

local json = { ["Content-Type"] = "application/json" }
local form = { ["Content-Type"] = "application/x-www-form-urlencoded" }

local make = {}
local number = 0
local first, users, sessions, account

local function user()
    return (first + number) % users
end

function make.login()
    local n = user()
    return account, form, string.format("username=user%06d&password=pass%06d", n, n)
end

make["login-argon2"] = function()
    return account, form, string.format("username=hash%06d&password=benchmark-password", user())
end

function make.validate()
    return account .. "validate/", form, string.format("token=%040x", user())
end

function make.authorize()
    local n = user()
    return "/api/v1/freeradius/authorize/", json, string.format(
        '{"username":"user%06d","password":"pass%06d","called_station_id":"00-11-22-33-44-55:cafe",'
            .. '"calling_station_id":"AA-BB-CC-%02X-%02X-%02X"}',
        n, n, math.floor(n / 65536) % 256, math.floor(n / 256) % 256, n % 256)
end

-- Start, three Interim-Updates and Stop; what the NAS left out is sent empty, as rlm_rest does.
function make.accounting()
    local round = math.floor(number / sessions)
    local step, session = round % 5, number % sessions + math.floor(round / 5) * sessions
    local n = (first + session) % users
    local kind = step == 0 and "Start" or step == 4 and "Stop" or "Interim-Update"
    return "/api/v1/freeradius/accounting/", json, string.format(
        '{"status_type":"%s","session_id":"%08x","unique_id":"%016x%016x","username":"user%06d","realm":"",'
            .. '"nas_ip_address":"192.0.2.1","nas_port_id":"","nas_port_type":"Wireless-802.11","session_time":"%s","authentication":"",'
            .. '"input_octets":"%s","output_octets":"%s","called_station_id":"00-11-22-33-44-55:cafe",'
            .. '"calling_station_id":"AA-BB-CC-%02X-%02X-%02X","terminate_cause":"%s","service_type":"","framed_protocol":"",'
            .. '"framed_ip_address":"10.%d.%d.%d"}',
        kind, session, first, session, n, step == 0 and "" or step * 300, step == 0 and "" or step * 1000000,
        step == 0 and "" or step * 9000000, math.floor(n / 65536) % 256, math.floor(n / 256) % 256, n % 256,
        step == 4 and "User-Request" or "", math.floor(n / 65536) % 256, math.floor(n / 256) % 256, n % 256)
end

function init(args)
    first, users, sessions = tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
    account = "/api/v1/radius/organization/" .. args[5] .. "/account/token/"
    json["Authorization"] = "Bearer " .. args[6] .. " " .. args[7]
    local build = make[args[1]]
    request = function()
        local path, headers, body = build()
        number = number + 1
        return wrk.format("POST", path, headers, body)
    end
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        '{"requests": %d, "microseconds": %d, "refused": %d, "lost": %d, "p50": %d, "p99": %d}\n', summary.requests, summary.duration,
        e.status, e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)))
end
