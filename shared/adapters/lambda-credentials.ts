/**
 * The credentials of a function: Lambda puts its role's into the environment, and nowhere else. The bundler puts this in
 * the place of the SDK's whole chain (profiles, single sign-on, web identity, instance metadata), which is a quarter of
 * a function's bundle and never finds anything there.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error('the environment holds no credentials');
  return { accessKeyId, secretAccessKey, ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }) };
};
