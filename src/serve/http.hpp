// SPDX-License-Identifier: MIT
// HTTP/1.1 messages, without sockets: what a request says, and the bytes of an answer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace mf::serve {

/// An answer that is an error: status, one line, and a hint.
class HttpError : public Error {
  public:
    HttpError(int status, const std::string& what, std::string hint = {}, int retry_after = 0)
        : Error(what, std::move(hint)), status_(status), retry_after_(retry_after) {}
    /// 405: the path takes `method` only.
    static HttpError other_method(const std::string& what, std::string method) {
        HttpError out(405, what);
        out.allow_ = std::move(method);
        return out;
    }
    const std::string& allow() const { return allow_; }
    int status() const { return status_; }
    /// Seconds after which to try again; 0: nothing is said about it.
    int retry_after() const { return retry_after_; }

  private:
    int status_, retry_after_;
    std::string allow_;
};

struct HttpRequest {
    std::string method;                        ///< as sent: "GET"
    std::string path;                          ///< before the "?", as sent
    std::vector<std::string> parts;            ///< of the path, percent-decoded each; none for "/"
    std::map<std::string, std::string> query;  ///< decoded
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;
    bool keep_alive = true;

    /// The value of a header (name in lower case), or null.
    const std::string* header(std::string_view name) const;
};

/// What came before the empty line (which may be there or not). HttpError 400 when it is no request of HTTP/1.x, 414 for a
/// long path, 431 for too many headers, 505 for another version.
HttpRequest parse_head(std::string_view head);
/// Bytes of the body. HttpError 400 when that is no number, 411 when a body comes without a length, 413 beyond `most`.
std::size_t body_bytes(const HttpRequest& request, std::size_t most);
/// "%20" to " ". HttpError 400 for what is no escape.
std::string percent_decoded(std::string_view text, bool plus_is_blank);
/// For one part of a path.
std::string percent_encoded(std::string_view text);
/// The value of a cookie of the request, or "".
std::string cookie_of(const HttpRequest& request, std::string_view name);

/// Takes what a stream writes; false once the client is gone or the server ends.
struct StreamSink {
    std::function<bool(std::string_view)> write;  ///< false: it ended
    std::function<bool()> ended;
};

struct HttpResponse {
    int status = 200;
    std::string type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::function<void(const StreamSink&)> stream;  ///< instead of a body: runs until it returns
};

/// {"error": ..., "hint": ...}
HttpResponse error_response(int status, const std::string& what, const std::string& hint,
                            int retry_after = 0);
HttpResponse error_response(const HttpError& error);
/// Status line and headers, with those that keep a page safe.
std::string head_text(const HttpResponse& response, bool keep_alive);

}  // namespace mf::serve
