package dev.ringway.control.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code /server_info}, {@code /memory} and {@code /runtime}.
 */
final class ServerPages
{
    private final ServerView view;

    ServerPages(final ServerView view)
    {
        this.view = view;
    }

    Page info()
    {
        final JsonObject info = new JsonObject();
        info.addProperty("version", "ringway/" + view.version() + "/Clean/RELEASE/BoringSSL-none");
        info.addProperty("state", view.stateName());
        info.addProperty("uptime_current_epoch", view.uptimeS() + "s");
        info.addProperty("uptime_all_epochs", view.uptimeS() + "s");
        info.addProperty("hot_restart_version", "disabled");
        final JsonObject options = new JsonObject();
        view.options().forEach((name, value) -> options.add(name, switch (value)
        {
            case final Number number -> new JsonPrimitive(number);
            case final Boolean flag -> new JsonPrimitive(flag);
            default -> new JsonPrimitive(value.toString());
        }));
        info.add("command_line_options", options);
        try
        {
            final JsonObject node = JsonParser.parseString(JsonFormat.printer().preservingProtoFieldNames()
                .print(view.translation().bootstrap().getNode())).getAsJsonObject();
            node.addProperty("user_agent_name", "ringway");
            info.add("node", node);
        }
        catch (final InvalidProtocolBufferException e)
        {
            return Page.text(500, "the node cannot be printed: " + e.getMessage() + "\n");
        }
        final JsonObject ring = new JsonObject();
        ring.addProperty("setup_flags", view.probe().setupFlags());
        ring.addProperty("features", view.probe().features());
        info.add("io_uring", ring);
        return Page.json(info);
    }

    /** Numbers as strings: so does protobuf with 64 bits, and Envoy's page is a protobuf message. */
    Page memory()
    {
        final Runtime runtime = Runtime.getRuntime();
        final long heap = runtime.totalMemory();
        final long free = runtime.freeMemory();
        final JsonObject memory = new JsonObject();
        memory.addProperty("allocated", Long.toString(heap - free));
        memory.addProperty("heap_size", Long.toString(heap));
        memory.addProperty("pageheap_unmapped", "0");
        memory.addProperty("pageheap_free", Long.toString(free));
        memory.addProperty("total_thread_cache", "0");
        memory.addProperty("total_physical_bytes", Long.toString(view.residentBytes()));
        return Page.json(memory);
    }

    Page runtime()
    {
        final List<RuntimeLayer> layers = view.translation().bootstrap().getLayeredRuntime().getLayersList();
        final Map<String, String[]> values = new TreeMap<>();
        final JsonArray names = new JsonArray();
        for (int i = 0; i < layers.size(); i++)
        {
            names.add(layers.get(i).getName());
            flatten("", layers.get(i).getStaticLayer(), values, i, layers.size());
        }
        final JsonObject entries = new JsonObject();
        values.forEach((key, ofLayers) -> entries.add(key, entry(ofLayers)));
        final JsonObject root = new JsonObject();
        root.add("entries", entries);
        root.add("layers", names);
        return Page.json(root);
    }

    private static JsonObject entry(final String[] ofLayers)
    {
        final JsonArray all = new JsonArray();
        String last = "";
        for (final String value : ofLayers)
        {
            all.add(value == null ? "" : value);
            last = value == null ? last : value;
        }
        final JsonObject entry = new JsonObject();
        entry.add("layer_values", all);
        entry.addProperty("final_value", last);
        return entry;
    }

    private static void flatten(
        final String prefix, final Struct struct, final Map<String, String[]> values, final int layer, final int layers)
    {
        for (final Map.Entry<String, Value> field : struct.getFieldsMap().entrySet())
        {
            final String key = prefix + field.getKey();
            final Value value = field.getValue();
            if (value.hasStructValue())
            {
                flatten(key + '.', value.getStructValue(), values, layer, layers);
            }
            else
            {
                values.computeIfAbsent(key, any -> new String[layers])[layer] = text(value);
            }
        }
    }

    private static String text(final Value value)
    {
        return switch (value.getKindCase())
        {
            case NUMBER_VALUE -> value.getNumberValue() == Math.rint(value.getNumberValue()) ?
                Long.toString((long)value.getNumberValue()) : Double.toString(value.getNumberValue());
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            default -> value.getStringValue();
        };
    }
}
