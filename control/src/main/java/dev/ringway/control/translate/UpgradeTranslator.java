package dev.ringway.control.translate;

import dev.ringway.codecs.text.AsciiScan;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.Upgrades;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Translates {@code upgrade_configs} of connection managers and routes.
 */
final class UpgradeTranslator
{
    /** Tunnels, which Envoy configures as upgrades. */
    private static final String CONNECT = "CONNECT";
    private static final String CONNECT_UDP = "connect-udp";
    private static final String H2C = "h2c";

    private final Checks checks;

    /**
     * @param checks where faults go.
     */
    UpgradeTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param configs of a connection manager.
     * @param path    where they stand.
     * @return what they say.
     */
    Upgrades ofManager(final List<HttpConnectionManager.UpgradeConfig> configs, final FieldPath path)
    {
        final Map<String, Boolean> types = new LinkedHashMap<>();
        for (int i = 0; i < configs.size(); i++)
        {
            final HttpConnectionManager.UpgradeConfig config = configs.get(i);
            add(types, config.getUpgradeType(), !config.hasEnabled() || config.getEnabled().getValue(), path.at(i));
        }
        return of(types);
    }

    /**
     * @param configs of a route.
     * @param path    where they stand.
     * @return what they say.
     */
    Upgrades ofRoute(final List<RouteAction.UpgradeConfig> configs, final FieldPath path)
    {
        final Map<String, Boolean> types = new LinkedHashMap<>();
        boolean endsTunnels = false;
        for (int i = 0; i < configs.size(); i++)
        {
            final RouteAction.UpgradeConfig config = configs.get(i);
            add(types, config.getUpgradeType(), !config.hasEnabled() || config.getEnabled().getValue(), path.at(i));
            if (config.hasConnectConfig() && !config.getUpgradeType().equalsIgnoreCase(CONNECT))
            {
                checks.fault(path.at(i).field("connect_config"), "belongs to upgrade_type CONNECT");
            }
            endsTunnels |= config.hasConnectConfig();
        }
        return types.isEmpty() ? Upgrades.NONE : new Upgrades(types, endsTunnels);
    }

    private static Upgrades of(final Map<String, Boolean> types)
    {
        return types.isEmpty() ? Upgrades.NONE : new Upgrades(types);
    }

    private void add(
        final Map<String, Boolean> types, final String type, final boolean isEnabled, final FieldPath path)
    {
        final FieldPath typePath = path.field("upgrade_type");
        if (!checks.required(type, typePath))
        {
            return;
        }
        final String name = type.toLowerCase(Locale.ROOT);
        if (name.equals(CONNECT_UDP))
        {
            checks.fault(typePath, "'" + type + "' is not supported yet");
        }
        else if (name.equals(H2C))
        {
            checks.fault(
                typePath, "'" + type + "' is never upgraded to: requests that offer it are served as they are");
        }
        else if (!isProtocol(type))
        {
            checks.fault(typePath, "'" + type + "' is no name of a protocol");
        }
        else if (types.keySet().stream().anyMatch(type::equalsIgnoreCase))
        {
            checks.fault(typePath, "'" + type + "' is given before");
        }
        else
        {
            types.put(type, isEnabled);
        }
    }

    /** A token, and maybe a slash with a version behind it (RFC 9110, 7.8). */
    private static boolean isProtocol(final String type)
    {
        final String[] parts = type.split("/", -1);
        boolean isName = parts.length <= 2;
        for (final String part : parts)
        {
            isName &= !part.isEmpty() && part.chars().allMatch(c -> c < 0x80 && AsciiScan.lowerToken((byte)c) != 0);
        }
        return isName;
    }
}
