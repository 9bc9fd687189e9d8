package dev.ringway.control.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * Applies a field mask ({@code a.b,c}) to a message that was printed as JSON with the names of its fields.
 */
final class JsonMask
{
    private static final String TYPE = "@type";

    private JsonMask()
    {
    }

    /**
     * @param message printed message.
     * @param mask    paths of fields to keep, separated by commas; types are always kept.
     * @return what is left, or null when the message has none of the fields.
     */
    static JsonObject apply(final JsonObject message, final String mask)
    {
        JsonObject result = null;
        for (final String path : mask.split(","))
        {
            final JsonElement kept = keep(message, path.strip().split("\\."), 0);
            if (kept != null)
            {
                result = result == null ? kept.getAsJsonObject() : merge(result, kept).getAsJsonObject();
            }
        }
        return result;
    }

    private static JsonElement keep(final JsonElement element, final String[] path, final int depth)
    {
        if (depth == path.length)
        {
            return element;
        }
        if (element.isJsonArray())
        {
            final JsonArray kept = new JsonArray();
            boolean isFound = false;
            for (final JsonElement one : element.getAsJsonArray())
            {
                final JsonElement part = keep(one, path, depth);
                isFound |= part != null;
                kept.add(part == null ? new JsonObject() : part);
            }
            return isFound ? kept : null;
        }
        if (!element.isJsonObject() || !element.getAsJsonObject().has(path[depth]))
        {
            return null;
        }
        final JsonElement part = keep(element.getAsJsonObject().get(path[depth]), path, depth + 1);
        if (part == null)
        {
            return null;
        }
        final JsonObject kept = new JsonObject();
        if (element.getAsJsonObject().has(TYPE))
        {
            kept.add(TYPE, element.getAsJsonObject().get(TYPE));
        }
        kept.add(path[depth], part);
        return kept;
    }

    /** Elements of two arrays belong together by their index: both come from the same one. */
    private static JsonElement merge(final JsonElement one, final JsonElement other)
    {
        if (one.isJsonArray() && other.isJsonArray())
        {
            final JsonArray merged = new JsonArray();
            for (int i = 0; i < one.getAsJsonArray().size(); i++)
            {
                merged.add(merge(one.getAsJsonArray().get(i), other.getAsJsonArray().get(i)));
            }
            return merged;
        }
        if (!one.isJsonObject() || !other.isJsonObject())
        {
            return other;
        }
        final JsonObject merged = new JsonObject();
        one.getAsJsonObject().entrySet().forEach(entry -> merged.add(entry.getKey(), entry.getValue()));
        other.getAsJsonObject().entrySet().forEach(entry -> merged.add(entry.getKey(),
            merged.has(entry.getKey()) ? merge(merged.get(entry.getKey()), entry.getValue()) : entry.getValue()));
        return merged;
    }
}
