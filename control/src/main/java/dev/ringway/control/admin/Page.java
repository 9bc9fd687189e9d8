package dev.ringway.control.admin;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.stream.JsonWriter;

import java.io.IOException;
import java.io.Writer;

/**
 * One answer of the administration interface, written as it is sent.
 *
 * @param status HTTP status.
 * @param type   content type.
 * @param body   writes the body; called once, not for HEAD.
 * @param after  what happens once the answer is sent.
 */
record Page(int status, String type, Body body, Runnable after)
{
    private static final String TEXT = "text/plain; charset=UTF-8";

    /** Made by the first page that needs it: it loads a hundred classes, and {@code /ready} is asked at every start. */
    private static final class Json
    {
        private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
    }

    /** Writes a body. */
    @FunctionalInterface
    interface Body
    {
        void write(Writer out) throws IOException;
    }

    Page(final int status, final String type, final Body body)
    {
        this(status, type, body, () -> { });
    }

    static Page text(final int status, final String body)
    {
        return new Page(status, TEXT, out -> out.write(body));
    }

    static Page text(final Body body)
    {
        return new Page(200, TEXT, body);
    }

    static Page html(final String body)
    {
        return new Page(200, "text/html; charset=UTF-8", out -> out.write(body));
    }

    static Page json(final Body body)
    {
        return new Page(200, "application/json", body);
    }

    /** Indented by one blank, as Envoy does. */
    static Page json(final JsonElement root)
    {
        return json(out ->
        {
            final JsonWriter writer = new JsonWriter(out);
            writer.setIndent(" ");
            writer.setHtmlSafe(false);
            Json.GSON.toJson(root, writer);
            out.write('\n');
        });
    }

    static Page ok()
    {
        return text(200, "OK\n");
    }

    Page then(final Runnable action)
    {
        return new Page(status, type, body, action);
    }
}
