package dev.ringway.control.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import com.google.re2j.Pattern;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.reload.Refusal;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The configuration in force in the shape of Envoy's {@code admin.v3.ConfigDump}, secrets left out. Any thread.
 */
final class ConfigDump
{
    private static final String TYPE_PREFIX = "type.googleapis.com/";
    private static final String DUMP_PREFIX = TYPE_PREFIX + "envoy.admin.v3.";

    private final Bootstrap bootstrap;
    private final String lastUpdated;
    private final Refusal refusal;
    private final JsonFormat.Printer printer;

    /**
     * @param bootstrap   configuration.
     * @param lastUpdated when it came into force.
     * @param refusal     why another did not, or null.
     */
    ConfigDump(final Bootstrap bootstrap, final Instant lastUpdated, final Refusal refusal)
    {
        this.refusal = refusal;
        this.bootstrap = bootstrap;
        this.lastUpdated = lastUpdated.toString();
        final TypeRegistry.Builder types = TypeRegistry.newBuilder();
        for (final String name : ExtensionTypes.names())
        {
            types.add(ExtensionTypes.find(name));
        }
        printer = JsonFormat.printer().preservingProtoFieldNames().usingTypeRegistry(types.build());
    }

    /**
     * @param query of the request.
     * @return the dump, or why there is none.
     */
    Page page(final Query query)
    {
        if (query.has("include_eds"))
        {
            return Page.text(400, "include_eds is not supported; /clusters?format=json shows endpoints\n");
        }
        final String resource = query.value("resource");
        final String mask = query.value("mask");
        try
        {
            final Pattern name = StatsQuery.pattern(query.value("name_regex"));
            final Predicate<String> wanted = name == null ? any -> true : any -> name.matches(any);
            final JsonArray dumps = dumps(wanted);
            final JsonArray configs = resource.isEmpty() ? dumps : elements(dumps, resource);
            if (configs == null)
            {
                return Page.text(404, resource + " not found in config dump");
            }
            final JsonObject root = new JsonObject();
            if (!configs.isEmpty())
            {
                root.add("configs", mask.isEmpty() ? configs : masked(configs, mask));
            }
            return Page.json(root);
        }
        catch (final IllegalArgumentException e)
        {
            return Page.text(400, e.getMessage());
        }
        catch (final InvalidProtocolBufferException e)
        {
            return Page.text(500, "configuration cannot be printed: " + e.getMessage() + "\n");
        }
    }

    private JsonArray dumps(final Predicate<String> wanted) throws InvalidProtocolBufferException
    {
        final JsonObject whole = typed(DUMP_PREFIX + "BootstrapConfigDump");
        whole.add("bootstrap", print(bootstrap));
        whole.addProperty("last_updated", lastUpdated);
        if (refusal != null)
        {
            whole.add("error_state", errorState());
        }
        final JsonArray clusters = new JsonArray();
        for (final Cluster cluster : bootstrap.getStaticResources().getClustersList())
        {
            add(clusters, "cluster", cluster, wanted.test(cluster.getName()));
        }
        final JsonArray listeners = new JsonArray();
        final JsonArray routes = new JsonArray();
        for (final Listener listener : bootstrap.getStaticResources().getListenersList())
        {
            add(listeners, "listener", listener, wanted.test(listener.getName()));
            for (final HttpConnectionManager manager : managers(listener))
            {
                add(routes, "route_config", manager.getRouteConfig(), manager.hasRouteConfig() &&
                    wanted.test(manager.getRouteConfig().getName()));
            }
        }
        final JsonArray result = new JsonArray();
        result.add(whole);
        result.add(dump("ClustersConfigDump", "static_clusters", clusters));
        result.add(dump("ListenersConfigDump", "static_listeners", listeners));
        result.add(dump("ScopedRoutesConfigDump", "", new JsonArray()));
        result.add(dump("RoutesConfigDump", "static_route_configs", routes));
        result.add(dump("SecretsConfigDump", "", new JsonArray()));
        return result;
    }

    /** In the shape of Envoy's {@code admin.v3.UpdateFailureState}, which dumps of bootstraps do not have there. */
    private JsonObject errorState()
    {
        final JsonObject state = new JsonObject();
        state.addProperty("last_update_attempt", refusal.at().toString());
        state.addProperty("details", refusal.reason());
        return state;
    }

    private static List<HttpConnectionManager> managers(final Listener listener) throws InvalidProtocolBufferException
    {
        final List<HttpConnectionManager> managers = new ArrayList<>();
        for (final FilterChain chain : listener.getFilterChainsList())
        {
            for (final Filter filter : chain.getFiltersList())
            {
                if (filter.getTypedConfig().is(HttpConnectionManager.class))
                {
                    managers.add(filter.getTypedConfig().unpack(HttpConnectionManager.class));
                }
            }
        }
        return managers;
    }

    private void add(final JsonArray array, final String field, final Message message, final boolean isWanted)
        throws InvalidProtocolBufferException
    {
        if (isWanted)
        {
            final JsonObject config = typed(TYPE_PREFIX + message.getDescriptorForType().getFullName());
            print(message).entrySet().forEach(entry -> config.add(entry.getKey(), entry.getValue()));
            final JsonObject element = new JsonObject();
            element.add(field, config);
            element.addProperty("last_updated", lastUpdated);
            array.add(element);
        }
    }

    private JsonObject print(final Message message) throws InvalidProtocolBufferException
    {
        final Message shown = Redaction.redact(message);
        final JsonObject json = JsonParser.parseString(printer.print(shown)).getAsJsonObject();
        NewerFields.add(json, shown);
        return json;
    }

    private static JsonObject typed(final String url)
    {
        final JsonObject object = new JsonObject();
        object.addProperty("@type", url);
        return object;
    }

    private static JsonObject dump(final String type, final String field, final JsonArray elements)
    {
        final JsonObject dump = typed(DUMP_PREFIX + type);
        if (!elements.isEmpty())
        {
            dump.add(field, elements);
        }
        return dump;
    }

    /** The elements of a repeated field, each with the type of an element; null when no dump has the field. */
    private static JsonArray elements(final JsonArray dumps, final String resource)
    {
        final String element = switch (resource)
        {
            case "static_clusters" -> "ClustersConfigDump.StaticCluster";
            case "static_listeners" -> "ListenersConfigDump.StaticListener";
            case "static_route_configs" -> "RoutesConfigDump.StaticRouteConfig";
            default -> null;
        };
        if (element == null)
        {
            return null;
        }
        final JsonArray result = new JsonArray();
        for (final JsonElement dump : dumps)
        {
            final JsonElement found = dump.getAsJsonObject().get(resource);
            for (final JsonElement one : found == null ? new JsonArray() : found.getAsJsonArray())
            {
                final JsonObject typed = typed(DUMP_PREFIX + element);
                one.getAsJsonObject().entrySet().forEach(entry -> typed.add(entry.getKey(), entry.getValue()));
                result.add(typed);
            }
        }
        return result;
    }

    private static JsonArray masked(final JsonArray configs, final String mask)
    {
        final JsonArray result = new JsonArray();
        for (final JsonElement config : configs)
        {
            final JsonObject kept = JsonMask.apply(config.getAsJsonObject(), mask);
            if (kept != null)
            {
                result.add(kept);
            }
        }
        if (result.isEmpty())
        {
            throw new IllegalArgumentException(
                "FieldMask " + mask + " could not be successfully applied to any configs.");
        }
        return result;
    }
}
