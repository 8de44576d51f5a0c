// SPDX-License-Identifier: MIT
// Who may ask: Host, Origin and the token.
#pragma once

#include <optional>
#include <string>

#include "serve/http.hpp"

namespace mf::serve {

/// Takes as long for a wrong text as for the right one.
bool same_in_constant_time(std::string_view a, std::string_view b);

class Guard {
  public:
    /// `address` and `port`: where the server listens; `token`: "" where everybody on this machine may ask. UsageError
    /// when an address that others reach has no token, or the token is short.
    Guard(std::string address, std::string token);
    void set_port(int port) { port_ = port; }

    /// HttpError 403 for a foreign Host or Origin, 401 without the token.
    void check(const HttpRequest& request) const;
    /// The answer to "/?token=T": a cookie, and the way to "/". Nothing where the request is none of that kind.
    std::optional<HttpResponse> welcome(const HttpRequest& request) const;

  private:
    bool is_ours(std::string_view host) const;
    bool knows_token(const HttpRequest& request) const;
    std::string cookie_name() const;

    std::string address_, token_;
    bool loopback_;
    int port_ = 0;
};

}  // namespace mf::serve
