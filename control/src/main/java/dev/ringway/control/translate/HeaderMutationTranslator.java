package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.FieldTranslator.Where;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;

/**
 * Translates {@code extensions.filters.http.header_mutation.v3.HeaderMutation}.
 */
final class HeaderMutationTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation";

    private final HeadEditTranslator edits;

    /**
     * @param checks where faults go.
     */
    HeaderMutationTranslator(final Checks checks)
    {
        edits = new HeadEditTranslator(checks);
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        final var message = io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation.parseFrom(
            config.getValue());
        return mutation(message.getMutations(), path.field("mutations"), message.getMostSpecificHeaderMutationsWins());
    }

    private HeaderMutation mutation(final Mutations config, final FieldPath path, final boolean mostSpecificWins)
    {
        return new HeaderMutation(
            edits.mutations(
                config.getRequestMutationsList(), path.field("request_mutations"), Where.FILTERED_REQUEST),
            edits.mutations(
                config.getResponseMutationsList(), path.field("response_mutations"), Where.FILTERED_RESPONSE),
            !mostSpecificWins);
    }

    /**
     * {@inheritDoc}
     */
    public String routeType()
    {
        return "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute";
    }

    /**
     * {@inheritDoc}
     */
    public Object routeSettings(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        return mutation(
            HeaderMutationPerRoute.parseFrom(config.getValue()).getMutations(), path.field("mutations"), false);
    }
}
