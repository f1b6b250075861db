import type { ReactNode } from 'react';
import ReactMarkdown from 'react-markdown';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import { cn } from '../_lib/cn.ts';

/** No images from elsewhere (they would tell who looks), no ids or names (they could shadow ours). */
const schema = {
  ...defaultSchema,
  tagNames: (defaultSchema.tagNames ?? []).filter((tag) => !['img', 'input', 'picture', 'source'].includes(tag)),
  protocols: { ...defaultSchema.protocols, href: ['http', 'https', 'mailto'] },
  clobberPrefix: 'text-',
};

const OutsideLink = ({ href, children }: { href?: string; children?: ReactNode }) => (
  <a href={href} target="_blank" rel="noreferrer noopener nofollow">
    {children}
  </a>
);

/** The one door for text written by people. */
export function Markdown({ text, className }: { text: string; className?: string }) {
  return (
    <div className={cn('prose', className)}>
      <ReactMarkdown rehypePlugins={[[rehypeSanitize, schema]]} components={{ a: OutsideLink }}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
