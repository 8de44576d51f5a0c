// SPDX-License-Identifier: MIT
#include "serve/http.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "serve/api_words.hpp"

namespace mf::serve {
namespace {

constexpr std::size_t kMostTarget = 4096, kMostHeaders = 64;

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Up to `end` (which goes away, too), or all that is left.
std::string_view take_until(std::string_view& text, std::string_view end) {
    const std::size_t at = text.find(end);
    const std::string_view out = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
    return out;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

void read_target(std::string_view target, HttpRequest& out) {
    if (target.size() > kMostTarget)
        throw HttpError(414,
                        fmt::format("the path has {} characters, at most {}", target.size(), kMostTarget));
    if (target.empty() || target.front() != '/' || !is_visible(target))
        throw HttpError(400, "the request line names no path that begins with /");
    std::string_view rest = target;
    std::string_view path = take_until(rest, "?");
    out.path = std::string(path);
    while (!path.empty()) {
        const std::string_view part = take_until(path, "/");
        if (!part.empty()) out.parts.push_back(percent_decoded(part, false));
    }
    while (!rest.empty()) {
        std::string_view pair = take_until(rest, "&");
        if (pair.empty()) continue;
        const std::string key = percent_decoded(take_until(pair, "="), true);
        if (!out.query.emplace(key, percent_decoded(pair, true)).second)
            throw HttpError(400, "the path names one of its parameters twice");
    }
}

void read_header(std::string_view line, HttpRequest& out) {
    std::string_view rest = line;
    const std::string_view name = take_until(rest, ":");
    if (name.size() == line.size() || !is_token(name)) throw HttpError(400, "a header is not 'name: value'");
    const std::string_view value = trimmed(rest);
    if (!std::ranges::all_of(value, [](unsigned char c) { return (c >= 0x20 && c != 0x7F) || c == '\t'; }))
        throw HttpError(400, "a header holds control characters");
    const std::string key = lower(name);
    for (const char* single :
         {"host", "origin", "content-length", "content-type", "authorization", "transfer-encoding"})
        if (key == single && out.header(key) != nullptr)
            throw HttpError(400, fmt::format("the header {} is there twice", key));
    out.headers.emplace_back(key, value);
}

const char* reason_of(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 202:
            return "Accepted";
        case 303:
            return "See Other";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 411:
            return "Length Required";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Status";
    }
}

}  // namespace

const std::string* HttpRequest::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return &value;
    return nullptr;
}

std::string percent_decoded(std::string_view text, bool plus_is_blank) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) throw HttpError(400, "the path holds a % that is no escape");
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if (c == '\0') throw HttpError(400, "the path holds a zero byte");
        out += c;
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~')
            out += c;
        else
            out += fmt::format("%{:02X}", byte);
    }
    return out;
}

HttpRequest parse_head(std::string_view head) {
    HttpRequest out;
    std::string_view line = take_until(head, "\r\n");
    const std::string_view method = take_until(line, " ");
    const std::string_view target = take_until(line, " ");
    if (!is_token(method) || method.size() > 16 || !line.starts_with("HTTP/"))
        throw HttpError(400, "this is no request of HTTP/1.1");
    if (line != "HTTP/1.1" && line != "HTTP/1.0") throw HttpError(505, "this server speaks HTTP/1.1");
    out.method = std::string(method);
    out.keep_alive = line == "HTTP/1.1";
    read_target(target, out);
    while (!head.empty()) {
        const std::string_view header = take_until(head, "\r\n");
        if (header.empty()) break;
        if (out.headers.size() == kMostHeaders)
            throw HttpError(431, fmt::format("more than {} headers", kMostHeaders));
        read_header(header, out);
    }
    if (const std::string* connection = out.header("connection")) {
        const std::string words = lower(*connection);
        if (words.find("close") != std::string::npos)
            out.keep_alive = false;
        else if (words.find("keep-alive") != std::string::npos)
            out.keep_alive = true;
    }
    return out;
}

std::size_t body_bytes(const HttpRequest& request, std::size_t most) {
    if (request.header("transfer-encoding") != nullptr)
        throw HttpError(411, "a body has to say its length",
                        "send Content-Length instead of Transfer-Encoding");
    const std::string* text = request.header("content-length");
    if (text == nullptr) return 0;
    std::uint64_t bytes = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), bytes);
    const bool digits = !text->empty() && end == text->data() + text->size();
    if (!digits || error == std::errc::invalid_argument) throw HttpError(400, "Content-Length is no number");
    if (error == std::errc::result_out_of_range || bytes > most)
        throw HttpError(413, fmt::format("a body of {} bytes, at most {}", *text, most));
    return bytes;
}

std::string cookie_of(const HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
        if (key != "cookie") continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            std::string_view pair = trimmed(take_until(rest, ";"));
            if (take_until(pair, "=") == name) return std::string(pair);
        }
    }
    return {};
}

HttpResponse error_response(int status, const std::string& what, const std::string& hint, int retry_after) {
    nlohmann::ordered_json body{{"error", in_json()(what)}};
    if (!hint.empty()) body["hint"] = in_json()(hint);
    HttpResponse out;
    out.status = status;
    out.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    if (retry_after > 0) out.headers.emplace_back("Retry-After", std::to_string(retry_after));
    return out;
}

HttpResponse error_response(const HttpError& error) {
    HttpResponse out = error_response(error.status(), error.what(), error.hint(), error.retry_after());
    if (!error.allow().empty()) out.headers.emplace_back("Allow", error.allow());
    return out;
}

std::string head_text(const HttpResponse& response, bool keep_alive) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n", response.status,
                                  reason_of(response.status), response.type);
    if (!response.stream) out += fmt::format("Content-Length: {}\r\n", response.body.size());
    for (const auto& [name, value] : response.headers) out += fmt::format("{}: {}\r\n", name, value);
    out +=
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "X-Frame-Options: DENY\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n"
        "Cross-Origin-Opener-Policy: same-origin\r\n"
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
        "data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n";
    return out +
           (keep_alive && !response.stream ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

}  // namespace mf::serve
