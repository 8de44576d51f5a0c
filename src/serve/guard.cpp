// SPDX-License-Identifier: MIT
#include "serve/guard.hpp"

#include <algorithm>
#include <array>
#include <random>

#include <fmt/format.h>

#include "serve/socket.hpp"

namespace mf::serve {
namespace {

constexpr std::size_t kLeastToken = 16;

std::string fresh_token() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

}  // namespace

bool same_in_constant_time(std::string_view a, std::string_view b) {
    // The length of what was sent is no secret; every byte of it is looked at, whatever the one before was.
    unsigned char difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ (b.empty() ? '\1' : b[i % b.size()]));
    return difference == 0;
}

Guard::Guard(std::string address, std::string token)
    : address_(std::move(address)), token_(std::move(token)), loopback_(is_loopback(address_)) {
    if (!loopback_ && token_.empty())
        throw UsageError(fmt::format("--listen {} lets other machines in, and needs a --token", address_),
                         fmt::format("--token {} is one that nobody else knows", fresh_token()));
    const bool plain = std::ranges::all_of(token_, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~';
    });
    if (!token_.empty() && (token_.size() < kLeastToken || token_.size() > 256 || !plain))
        throw UsageError(fmt::format("--token wants {} to 256 letters, digits, - _ . or ~", kLeastToken),
                         fmt::format("for example {}", fresh_token()));
}

bool Guard::is_ours(std::string_view host) const {
    // Another machine knows this one by names that we do not: there the token tells friends from strangers.
    if (!loopback_) return !host.empty();
    const std::string address = address_.find(':') != std::string::npos ? "[" + address_ + "]" : address_;
    for (const std::string& name :
         {address, std::string("localhost"), std::string("127.0.0.1"), std::string("[::1]")}) {
        if (host == fmt::format("{}:{}", name, port_)) return true;
        if (port_ == 80 && host == name) return true;
    }
    return false;
}

std::string Guard::cookie_name() const { return fmt::format("meanflow_{}", port_); }

bool Guard::knows_token(const HttpRequest& request) const {
    if (token_.empty()) return true;
    if (const std::string* header = request.header("authorization"))
        return header->starts_with("Bearer ") &&
               same_in_constant_time(std::string_view(*header).substr(7), token_);
    return same_in_constant_time(cookie_of(request, cookie_name()), token_);
}

void Guard::check(const HttpRequest& request) const {
    const std::string* host = request.header("host");
    if (host == nullptr) throw HttpError(400, "the request has no Host header");
    if (!is_ours(*host))
        throw HttpError(403, "the Host header names another server",
                        fmt::format("ask for http://{}:{}/", address_, port_));
    if (const std::string* origin = request.header("origin"))
        if (*origin != "http://" + *host && *origin != "https://" + *host)
            throw HttpError(403, "the request comes from a page of another server",
                            "only this server's own page may ask");
    if (request.path == "/healthz" || welcome(request)) return;
    if (!knows_token(request))
        throw HttpError(401, "the token is missing or wrong",
                        "open /?token=TOKEN once, or send the header 'Authorization: Bearer TOKEN'");
}

std::optional<HttpResponse> Guard::welcome(const HttpRequest& request) const {
    const auto found = request.query.find("token");
    if (token_.empty() || request.method != "GET" || request.path != "/" || found == request.query.end())
        return std::nullopt;
    if (!same_in_constant_time(found->second, token_)) return std::nullopt;
    HttpResponse out;
    out.status = 303;
    out.headers = {
        {"Location", "/"},
        {"Set-Cookie", fmt::format("{}={}; HttpOnly; SameSite=Strict; Path=/", cookie_name(), token_)}};
    out.body = "{}\n";
    return out;
}

}  // namespace mf::serve
