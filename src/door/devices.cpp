// SPDX-License-Identifier: MIT
#include "door/devices.hpp"

#include <nlohmann/json.hpp>

#include "ops/devices.hpp"

namespace mf::door {

std::string devices_json() {
    using Json = nlohmann::ordered_json;
    std::string remark;
    Json list = Json::array();
    for (const DeviceLine& each : device_lines(remark))
        list.push_back(
            {{"name", each.name}, {"about", each.about}, {"memory", each.memory}, {"driver", each.driver}});
    return Json{{"devices", list}, {"remark", remark}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mf::door
