// SPDX-License-Identifier: MIT
#include "serve/http.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "serve/base64.hpp"
#include "support/fuzz.hpp"

namespace {

using namespace mf;
using namespace mf::serve;

int status_of(const std::string& head) {
    try {
        (void)parse_head(head);
    } catch (const HttpError& error) {
        return error.status();
    }
    return 200;
}

TEST(Http, ReadsARequest) {
    const HttpRequest request = parse_head(
        "GET /api/runs/a%2Fb%20c/curves?columns=loss%2Cms&points=5&x=a+b HTTP/1.1\r\nHost: me\r\nX-Thing:  "
        "two words \r\n");
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.path, "/api/runs/a%2Fb%20c/curves");
    EXPECT_EQ(request.parts, (std::vector<std::string>{"api", "runs", "a/b c", "curves"}));
    EXPECT_EQ(request.query.at("columns"), "loss,ms");
    EXPECT_EQ(request.query.at("x"), "a b");
    ASSERT_NE(request.header("x-thing"), nullptr);
    EXPECT_EQ(*request.header("x-thing"), "two words");
    EXPECT_EQ(request.header("nothing"), nullptr);
    EXPECT_TRUE(request.keep_alive);
    EXPECT_FALSE(parse_head("GET / HTTP/1.1\r\nConnection: Close\r\n").keep_alive);
    EXPECT_FALSE(parse_head("GET / HTTP/1.0\r\n").keep_alive);
    EXPECT_TRUE(parse_head("GET / HTTP/1.0\r\nConnection: keep-alive\r\n").keep_alive);
}

TEST(Http, RefusesWhatIsNone) {
    for (const char* head :
         {"", "GET", "GET /", "GET  / HTTP/1.1", "G\1T / HTTP/1.1", "GET x HTTP/1.1",
          "GET http://a/ HTTP/1.1", "GET /%zz HTTP/1.1", "GET /% HTTP/1.1", "GET /%1 HTTP/1.1",
          "GET /%00 HTTP/1.1", "GET /?a=1&a=2 HTTP/1.1", "GET / HTTP/1.1\r\nno colon",
          "GET / HTTP/1.1\r\n name: folded", "GET / HTTP/1.1\r\nname : blank", "GET / HTTP/1.1\r\na: \1",
          "GET / HTTP/1.1\r\nHost: a\r\nhost: b", "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1",
          "\x16\x03\x01\x02"})
        EXPECT_EQ(status_of(head), 400) << head;
    EXPECT_EQ(status_of("GET / HTTP/2.0"), 505);
    EXPECT_EQ(status_of("GET /" + std::string(5000, 'a') + " HTTP/1.1"), 414);
    std::string many = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 65; ++i) many += "a: b\r\n";
    EXPECT_EQ(status_of(many), 431);
}

TEST(Http, KnowsHowLongABodyIs) {
    const auto bytes = [](const std::string& headers) -> std::string {
        try {
            return std::to_string(body_bytes(parse_head("POST / HTTP/1.1\r\n" + headers), 100));
        } catch (const HttpError& error) {
            return "status " + std::to_string(error.status());
        }
    };
    EXPECT_EQ(bytes(""), "0");
    EXPECT_EQ(bytes("Content-Length: 100"), "100");
    EXPECT_EQ(bytes("Content-Length: 101"), "status 413");
    EXPECT_EQ(bytes("Content-Length: 99999999999999999999999"), "status 413");
    EXPECT_EQ(bytes("Content-Length: 1x"), "status 400");
    EXPECT_EQ(bytes("Content-Length: -1"), "status 400");
    EXPECT_EQ(bytes("Content-Length:"), "status 400");
    EXPECT_EQ(bytes("Transfer-Encoding: chunked"), "status 411");
}

TEST(Http, AnswersAreSafeForAPage) {
    HttpResponse response;
    response.body = "{}";
    const std::string head = head_text(response, true);
    for (const char* line :
         {"HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "Cache-Control: no-store\r\n",
          "X-Content-Type-Options: nosniff\r\n",
          "Content-Security-Policy: default-src 'none'; script-src 'self'", "Connection: keep-alive\r\n\r\n"})
        EXPECT_NE(head.find(line), std::string::npos) << line;
    const HttpResponse error = error_response(400, "what \xFF is \"this\"\n", "");
    EXPECT_TRUE(nlohmann::json::accept(error.body)) << error.body;
    EXPECT_EQ(error.body.find("hint"), std::string::npos);
    EXPECT_EQ(error_response(HttpError(503, "full", "later", 2)).headers[0].second, "2");
}

TEST(Http, CookiesAndEscapes) {
    const HttpRequest request = parse_head("GET / HTTP/1.1\r\nCookie: a=1; meanflow_8080=to=ken; b=2");
    EXPECT_EQ(cookie_of(request, "meanflow_8080"), "to=ken");
    EXPECT_EQ(cookie_of(request, "b"), "2");
    EXPECT_EQ(cookie_of(request, "meanflow"), "");
    EXPECT_EQ(percent_encoded("a b/ü"), "a%20b%2F%C3%BC");
    EXPECT_EQ(percent_decoded(percent_encoded("a b/ü%+"), true), "a b/ü%+");
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foobar\xFF"), "Zm9vYmFy/w==");
}

TEST(Http, NoRequestBreaksTheReader) {
    test::fuzz({"GET /api/runs/a%20b/curves?columns=loss&points=5 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nCookie: "
                "a=b; c=d\r\n\r\n",
                "POST /api/sample HTTP/1.1\r\nHost: localhost:8080\r\nContent-Length: 12\r\nContent-Type: "
                "application/json\r\n\r\n"},
               [](const std::string& path) {
                   std::ifstream file(path, std::ios::binary);
                   const HttpRequest request =
                       parse_head(std::string(std::istreambuf_iterator<char>(file), {}));
                   (void)body_bytes(request, 65536);
                   (void)cookie_of(request, "c");
               });
}

}  // namespace
